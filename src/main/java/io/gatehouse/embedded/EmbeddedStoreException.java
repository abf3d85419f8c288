package io.gatehouse.embedded;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** An embedded store cannot be used; the message says what was found and what to do next, and holds no secret. */
public class EmbeddedStoreException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    /** A failure found by our own checks. */
    public EmbeddedStoreException(String message) {
        this(message, null);
    }

    /** A failure that another one caused. */
    public EmbeddedStoreException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
