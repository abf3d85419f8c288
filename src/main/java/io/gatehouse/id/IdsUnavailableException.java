package io.gatehouse.id;

/** No id may be given out at the moment: the clock is behind, or this process has no worker number. */
public final class IdsUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    IdsUnavailableException(String message) {
        super(message);
    }
}
