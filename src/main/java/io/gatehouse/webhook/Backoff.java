package io.gatehouse.webhook;

import static java.time.Duration.ofHours;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** When an attempt that failed is repeated. */
final class Backoff {

    /** After so many failures an event leaves the line, so that later ones go on. */
    static final int IN_LINE = 5;

    /** After the first failure, the second and so on; a day in all. */
    static final List<Duration> DELAYS = List.of(
            ofSeconds(2),
            ofSeconds(5),
            ofSeconds(10),
            ofSeconds(20),
            ofMinutes(1),
            ofMinutes(5),
            ofMinutes(15),
            ofMinutes(40),
            ofHours(1),
            ofHours(2),
            ofHours(4),
            ofHours(8),
            ofHours(8));

    private Backoff() {}

    /**
     * How long to wait; empty when it is given up.
     *
     * @param failures so far, this one included
     */
    static Optional<Duration> after(int failures) {
        return failures <= DELAYS.size() ? Optional.of(DELAYS.get(failures - 1)) : Optional.empty();
    }
}
