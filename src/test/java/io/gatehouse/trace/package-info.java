@NullMarked
package io.gatehouse.trace;

import org.jspecify.annotations.NullMarked;
