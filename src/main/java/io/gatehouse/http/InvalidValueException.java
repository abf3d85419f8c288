package io.gatehouse.http;

/** A text is no value of the type asked for. Collected by {@link Fields}; never leaves it. */
public final class InvalidValueException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient Violation violation;

    public InvalidValueException(Violation violation) {
        super(violation.rule(), null, false, false);
        this.violation = violation;
    }

    Violation violation() {
        return violation;
    }
}
