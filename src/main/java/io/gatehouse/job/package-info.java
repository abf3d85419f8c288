/** Scheduled work on virtual threads. */
@NullMarked
package io.gatehouse.job;

import org.jspecify.annotations.NullMarked;
