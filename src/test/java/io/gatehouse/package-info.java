@NullMarked
package io.gatehouse;

import org.jspecify.annotations.NullMarked;
