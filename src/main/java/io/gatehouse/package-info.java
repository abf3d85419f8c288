/** Entry point, composition root and the map of routes. */
@NullMarked
package io.gatehouse;

import org.jspecify.annotations.NullMarked;
