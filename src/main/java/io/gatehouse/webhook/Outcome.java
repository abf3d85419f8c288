package io.gatehouse.webhook;

import java.time.Duration;
import java.util.Locale;

/** What becomes of a delivery after an attempt. */
enum Outcome {
    DELIVERED,

    /** To be tried again, in line. */
    RETRIED,

    /** To be tried again, beside the line. */
    PARKED,

    /** Not to be tried again. */
    GIVEN_UP,

    /** Not tried at all. */
    POSTPONED;

    /** An endpoint that has accepted nothing for so long is not told any more. */
    private static final Duration LONGEST_FAILURE = Duration.ofDays(1);

    static Outcome of(DeliveryStore.Due due, boolean made, boolean accepted) {
        if (!made) {
            return POSTPONED;
        }
        if (accepted) {
            return DELIVERED;
        }
        int failures = due.attempts() + 1;
        if (Backoff.after(failures).isEmpty()) {
            return GIVEN_UP;
        }
        return due.parked() || failures >= Backoff.IN_LINE ? PARKED : RETRIED;
    }

    /** As logs and metrics have it. */
    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether an operator should know. */
    boolean alarming() {
        return this == PARKED || this == GIVEN_UP;
    }

    /** Within the transaction that holds the endpoint. */
    void write(DeliveryStore deliveries, EndpointStore endpoints, DeliveryStore.Due due, String result) {
        if (this == POSTPONED) {
            return;
        }
        endpoints.note(due.endpoint(), this == DELIVERED);
        deliveries.record(due, state(), Backoff.after(due.attempts() + 1).orElse(Duration.ZERO), result);
    }

    /** Gives the endpoint up if it says that it is gone, or has failed for too long; whether it was given up just now. */
    boolean disables(EndpointStore endpoints, long endpoint, boolean gone) {
        return gone
                ? endpoints.disable(endpoint)
                : this == GIVEN_UP && endpoints.disableIfFailingFor(endpoint, LONGEST_FAILURE);
    }

    private Delivery.State state() {
        return switch (this) {
            case DELIVERED -> Delivery.State.DELIVERED;
            case RETRIED, POSTPONED -> Delivery.State.WAITING;
            case PARKED -> Delivery.State.PARKED;
            case GIVEN_UP -> Delivery.State.FAILED;
        };
    }
}
