/** The one shared Redis connection. Knows no feature. */
@NullMarked
package io.gatehouse.redis;

import org.jspecify.annotations.NullMarked;
