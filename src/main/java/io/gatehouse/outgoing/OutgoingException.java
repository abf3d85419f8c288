package io.gatehouse.outgoing;

import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A call without a usable answer. Its message names the host and the reason; never a path, a query, a header or what
 * the target said, because any of them may hold a secret.
 */
public final class OutgoingException extends RuntimeException {

    private static final long serialVersionUID = 1L;
    private static final int NO_STATUS = 0;

    private final Reason reason;
    private final int status;

    private OutgoingException(Reason reason, String message, int status, @Nullable Throwable cause) {
        // Refusals come in thousands when a target is dead, and a trace of ours explains none of them.
        super(message, cause, false, false);
        this.reason = reason;
        this.status = status;
    }

    static OutgoingException of(Reason reason, String host, String detail) {
        return new OutgoingException(reason, host + ": " + detail, NO_STATUS, null);
    }

    static OutgoingException of(Reason reason, String host, String detail, Throwable cause) {
        return new OutgoingException(reason, host + ": " + detail, NO_STATUS, cause);
    }

    /** The target did answer, but the answer cannot be used. */
    static OutgoingException answered(Reason reason, String host, String detail, int status) {
        return new OutgoingException(reason, host + ": " + detail, status, null);
    }

    /** What kind of failure it is. */
    public Reason reason() {
        return reason;
    }

    /** Of the answer, where the target gave one: with {@code TOO_LARGE} and {@code REDIRECTED}. */
    public OptionalInt status() {
        return status == NO_STATUS ? OptionalInt.empty() : OptionalInt.of(status);
    }
}
