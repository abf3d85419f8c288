/** Settings: read once from the environment and {@code .env}, checked together, immutable after. */
@NullMarked
package io.gatehouse.config;

import org.jspecify.annotations.NullMarked;
