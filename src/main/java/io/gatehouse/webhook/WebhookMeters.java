package io.gatehouse.webhook;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What is counted of webhooks. Thread-safe. */
final class WebhookMeters {

    private final Map<Outcome, Counter> attempts;
    private final Counter disabled;
    private final AtomicInteger backlog = new AtomicInteger();

    WebhookMeters(MeterRegistry meters) {
        this.attempts = new EnumMap<>(Arrays.stream(Outcome.values())
                .collect(Collectors.toMap(
                        Function.identity(),
                        outcome -> Counter.builder("gatehouse.webhook.attempts")
                                .description("Attempts at deliveries of webhooks, by what became of them")
                                .tag("outcome", outcome.text())
                                .register(meters))));
        this.disabled = Counter.builder("gatehouse.webhook.endpoints.disabled")
                .description("Endpoints that were given up")
                .register(meters);
        Gauge.builder("gatehouse.webhook.backlog", backlog, AtomicInteger::get)
                .description("Deliveries to be made yet, of all replicas, counted up to 100,000")
                .register(meters);
    }

    void attempted(Outcome outcome) {
        Counter counter = attempts.get(outcome);
        if (counter != null) {
            counter.increment();
        }
    }

    void disabled() {
        disabled.increment();
    }

    void backlog(int deliveries) {
        backlog.set(deliveries);
    }
}
