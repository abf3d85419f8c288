package io.gatehouse.db;

import org.jspecify.annotations.Nullable;

/**
 * The database could not be asked, or not answer in time. Trying again later may help; nothing was committed, unless
 * only the reply to the commit was lost.
 */
public final class DatabaseUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public DatabaseUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
