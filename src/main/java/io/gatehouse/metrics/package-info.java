/** What the service counts, for Prometheus. */
@NullMarked
package io.gatehouse.metrics;

import org.jspecify.annotations.NullMarked;
