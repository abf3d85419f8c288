@org.jspecify.annotations.NullMarked
package io.gatehouse.keys;
