/** Snowflake ids. Knows no feature. */
@NullMarked
package io.gatehouse.id;

import org.jspecify.annotations.NullMarked;
