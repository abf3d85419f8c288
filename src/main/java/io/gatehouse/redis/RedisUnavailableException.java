package io.gatehouse.redis;

import org.jspecify.annotations.Nullable;

/** Redis could not be asked, answered an error, or not in time. The caller goes on without it. */
public final class RedisUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** @param message for operators; stands in the log and on the ops port */
    public RedisUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause, false, false);
    }
}
