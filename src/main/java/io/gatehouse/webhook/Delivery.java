package io.gatehouse.webhook;

import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * What becomes of telling one endpoint of one event.
 *
 * @param next attempt, while there will be one
 * @param last attempt
 * @param result of it: a status, or why there was none
 */
record Delivery(
        long endpoint,
        long event,
        String type,
        State state,
        int attempts,
        Instant next,
        Optional<Instant> last,
        Optional<String> result) {

    enum State {
        /** In line. */
        WAITING,

        /** Failed too often to hold up the line; tried again beside it. */
        PARKED,
        DELIVERED,

        /** Given up. */
        FAILED;

        /** As the database has it. */
        String text() {
            return name().toLowerCase(Locale.ROOT);
        }

        static State of(String text) {
            return Arrays.stream(values())
                    .filter(state -> state.text().equals(text))
                    .findFirst()
                    .orElseThrow();
        }

        boolean open() {
            return this == WAITING || this == PARKED;
        }
    }
}
