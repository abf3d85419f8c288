package io.gatehouse.id;

import java.time.Duration;

/** The clock stands behind ids that were already given out, by more than may be bridged. */
public final class ClockBehindException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    ClockBehindException(Duration behind) {
        super("The clock is %d ms behind the last id; check time synchronisation".formatted(behind.toMillis()));
    }
}
