package io.gatehouse.http;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/**
 * How long requests took: OpenTelemetry's {@code http.server.request.duration} by method, route and class of status.
 * No label holds a client's own words: there are at most routes × 10 methods × 6 classes, each made when it is first
 * seen. Thread-safe.
 */
final class RequestMeters {

    static final String NAME = "http.server.request.duration";

    /** What no line of the URL map fits. */
    static final String UNMATCHED = "_unmatched";

    /** What is too broken or too large to look at the URL map. */
    static final String TRANSPORT = "_transport";

    /** Seconds, as OpenTelemetry's semantic conventions for HTTP metrics advise. */
    private static final Duration[] BUCKETS = DoubleStream.of(
                    0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10)
            .mapToObj(seconds -> Duration.ofMillis(Math.round(seconds * 1000)))
            .toArray(Duration[]::new);

    /** By the first digit of the status; 0 where the client was gone and got none. */
    private static final String[] CLASSES = {"aborted", "1xx", "2xx", "3xx", "4xx", "5xx"};

    private final MeterRegistry meters;

    RequestMeters(MeterRegistry meters) {
        this.meters = meters;
    }

    /** What requests of one route are counted with; to be kept, so that none has to be looked up for a request. */
    OfRoute of(String route) {
        return new OfRoute(route);
    }

    /** Thread-safe. */
    final class OfRoute {

        private final String route;
        private final Map<String, AtomicReferenceArray<@Nullable Timer>> byMethod = new HashMap<>();

        private OfRoute(String route) {
            this.route = route;
            Methods.KNOWN.forEach(method -> byMethod.put(method, new AtomicReferenceArray<>(CLASSES.length)));
            byMethod.put(Methods.OTHER, new AtomicReferenceArray<>(CLASSES.length));
        }

        /** @param status of the reply, 0 for none */
        void record(String method, int status, long nanos) {
            String named = Methods.named(method);
            AtomicReferenceArray<@Nullable Timer> timers = Objects.requireNonNull(byMethod.get(named));
            Timer timer = timers.get(status / 100);
            if (timer == null) {
                timer = register(named, status / 100);
                timers.set(status / 100, timer);
            }
            timer.record(nanos, TimeUnit.NANOSECONDS);
        }

        private Timer register(String method, int statusClass) {
            return Timer.builder(NAME)
                    .description("Time from the first look at a request to the end of its reply")
                    .serviceLevelObjectives(BUCKETS)
                    .tag("http.request.method", method)
                    .tag("http.route", route)
                    .tag("http.response.status.class", CLASSES[statusClass])
                    .register(meters);
        }
    }
}
