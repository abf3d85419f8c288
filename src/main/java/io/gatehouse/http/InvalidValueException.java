package io.gatehouse.http;

/** A text is no value of the type asked for. Collected by {@link Fields}, which it leaves in commands only. */
public final class InvalidValueException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient Violation violation;

    public InvalidValueException(Violation violation) {
        super(violation.rule(), null, false, false);
        this.violation = violation;
    }

    /** What is wrong, in English, for those who work at a terminal. */
    public String reason() {
        return "the value " + new Messages().of(violation, Language.ENGLISH);
    }

    Violation violation() {
        return violation;
    }
}
