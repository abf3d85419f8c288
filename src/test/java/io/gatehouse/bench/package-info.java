/** Measurements, run by {@code ./gatehouse bench}; never part of the tests. */
@NullMarked
package io.gatehouse.bench;

import org.jspecify.annotations.NullMarked;
