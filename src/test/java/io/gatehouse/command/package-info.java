@org.jspecify.annotations.NullMarked
package io.gatehouse.command;
