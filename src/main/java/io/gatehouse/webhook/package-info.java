/** Telling others what happened: an outbox, signed deliveries, and who gets them. */
@NullMarked
package io.gatehouse.webhook;

import org.jspecify.annotations.NullMarked;
