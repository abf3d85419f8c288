/** Log lines in pino's JSON form, or pretty for people. */
@NullMarked
package io.gatehouse.log;

import org.jspecify.annotations.NullMarked;
