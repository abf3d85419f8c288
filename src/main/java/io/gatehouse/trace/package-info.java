/** Our part in traces that clients begin. */
@NullMarked
package io.gatehouse.trace;

import org.jspecify.annotations.NullMarked;
