package io.gatehouse.crypto;

import java.time.Duration;

/** The password pool has no result in time; as a rule nothing was hashed. */
public final class HasherBusyException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final Duration retryAfter;

    HasherBusyException(Duration retryAfter) {
        super("The password pool is full", null, false, false);
        this.retryAfter = retryAfter;
    }

    /** When it is worth trying again. */
    public Duration retryAfter() {
        return retryAfter;
    }
}
