package io.gatehouse.outgoing;

import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * What is counted of one client. No label names a host: there may be any number of them. Thread-safe.
 */
final class ClientMeters {

    private static final String CLIENT = "client";

    /** OpenTelemetry's buckets for {@code http.client.request.duration}, in milliseconds. */
    private static final Duration[] BUCKETS = Stream.of(
                    5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10_000)
            .map(Duration::ofMillis)
            .toArray(Duration[]::new);

    private final MeterRegistry meters;
    private final String client;

    ClientMeters(MeterRegistry meters, String client) {
        this.meters = meters;
        this.client = client;
        changes(State.OPEN, 0);
        changes(State.HALF_OPEN, 0);
        changes(State.CLOSED, 0);
        retries(0);
    }

    void attempted(Method method, Attempt attempt, Duration took) {
        Timer.builder("http.client.request.duration")
                .description("Attempts of calls to other servers")
                .tag(CLIENT, client)
                .tag("http.request.method", method.name())
                .tag("outcome", attempt.outcome())
                .serviceLevelObjectives(BUCKETS)
                .register(meters)
                .record(took);
    }

    void retried() {
        retries(1);
    }

    void changed(State to) {
        changes(to, 1);
    }

    void openBreakers(Supplier<Number> count) {
        Gauge.builder("gatehouse.outgoing.breakers.open", count)
                .tag(CLIENT, client)
                .description("Origins that are not asked, because they failed too often")
                .register(meters);
    }

    private void retries(int more) {
        Counter.builder("gatehouse.outgoing.retries")
                .description("Attempts after the first of a call")
                .tag(CLIENT, client)
                .register(meters)
                .increment(more);
    }

    private void changes(State to, int more) {
        Counter.builder("gatehouse.outgoing.breaker.changes")
                .description("Changes of an origin's breaker")
                .tag(CLIENT, client)
                .tag("to", to.name().toLowerCase(Locale.ROOT))
                .register(meters)
                .increment(more);
    }
}
