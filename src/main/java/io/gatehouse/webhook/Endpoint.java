package io.gatehouse.webhook;

import java.net.URI;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Who is told what, without the secret.
 *
 * @param failingSince first failure after the last success
 */
record Endpoint(
        long id, URI url, List<String> events, Status status, Instant createdAt, Optional<Instant> failingSince) {

    enum Status {
        ACTIVE,

        /** By an operator: events are kept for it. */
        PAUSED,

        /** By failures, or because it said that it is gone: new events are not kept for it. */
        DISABLED;

        /** As the database has it. */
        String text() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Status of(String text) {
            return Arrays.stream(values())
                    .filter(status -> status.text().equals(text))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
