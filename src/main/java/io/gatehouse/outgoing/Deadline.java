package io.gatehouse.outgoing;

import java.time.Duration;

/**
 * A point in time that nothing may outlast.
 *
 * @param end as {@link System#nanoTime()} counts
 */
record Deadline(long end) {

    static Deadline in(Duration time) {
        return new Deadline(System.nanoTime() + time.toNanos());
    }

    /** Never negative. */
    Duration remaining() {
        return Duration.ofNanos(Math.max(0, end - System.nanoTime()));
    }

    boolean over() {
        return end - System.nanoTime() <= 0;
    }

    /** This one, or that much time from now if it is less. */
    Deadline within(Duration time) {
        return remaining().compareTo(time) <= 0 ? this : in(time);
    }

    /** For a socket, which takes 0 for ever: rounded up, so that it never ends before this does. */
    int millis() {
        return Math.clamp(remaining().toMillis() + 1, 1, Integer.MAX_VALUE);
    }
}
