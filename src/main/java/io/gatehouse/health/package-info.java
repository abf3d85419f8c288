/** Health of the stores, liveness and readiness. */
@NullMarked
package io.gatehouse.health;

import org.jspecify.annotations.NullMarked;
