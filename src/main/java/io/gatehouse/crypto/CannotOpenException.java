package io.gatehouse.crypto;

/** Something sealed cannot be opened. Never says why: the difference would help whoever forges. */
public final class CannotOpenException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    CannotOpenException() {
        super("What was sealed cannot be opened", null, false, false);
    }
}
