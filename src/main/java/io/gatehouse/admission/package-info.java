/** Who may pass to a handler: session and rate limits, decided in one Redis round trip. */
@NullMarked
package io.gatehouse.admission;

import org.jspecify.annotations.NullMarked;
