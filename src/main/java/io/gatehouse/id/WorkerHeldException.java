package io.gatehouse.id;

/** The worker number that the settings fix belongs to another process; the message is for operators. */
public final class WorkerHeldException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    WorkerHeldException(String message) {
        super(message);
    }
}
