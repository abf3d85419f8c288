package io.gatehouse.embedded;

import java.time.Duration;

/**
 * How long each step may take; every wait of this package ends by one of them.
 *
 * @param gate for another process to finish its own opening or closing
 * @param answer for a store that runs to serve
 * @param probe for the reply to one question of ours
 * @param stop for a store to stop in order; what does not is then killed
 * @param command for one program such as initdb
 */
record Limits(Duration gate, Duration answer, Duration probe, Duration stop, Duration command) {
    static final Limits DEFAULT = new Limits(
            Duration.ofMinutes(4),
            Duration.ofSeconds(60),
            Duration.ofSeconds(5),
            Duration.ofSeconds(30),
            Duration.ofSeconds(120));
}
