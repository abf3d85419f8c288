package io.gatehouse.redis;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * How long round trips to Redis take: OpenTelemetry's {@code db.client.operation.duration}. Callers whose calls go out
 * together are timed each. Thread-safe.
 */
final class RedisMeters {

    /** Seconds: OpenTelemetry's for databases, and two below, because Redis answers within a millisecond. */
    private static final double[] BUCKETS = {0.00025, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10};

    private final Timer answered;
    private final Timer failed;

    RedisMeters(BooleanSupplier connected, MeterRegistry meters) {
        // An empty label is none to Prometheus, as OpenTelemetry has it for what succeeds.
        this.answered = timer("", meters);
        this.failed = timer("unavailable", meters);
        Gauge.builder("gatehouse.redis.connected", () -> connected.getAsBoolean() ? 1 : 0)
                .description("Whether the connection to Redis is open")
                .register(meters);
    }

    private static Timer timer(String errorType, MeterRegistry meters) {
        return Timer.builder("db.client.operation.duration")
                .description("Time until Redis had answered a command or a script")
                .serviceLevelObjectives(Arrays.stream(BUCKETS)
                        .mapToObj(seconds -> Duration.ofNanos(Math.round(seconds * 1e9)))
                        .toArray(Duration[]::new))
                .tag("db.system.name", "redis")
                .tag("error.type", errorType)
                .register(meters);
    }

    void answered(long nanos) {
        answered.record(nanos, TimeUnit.NANOSECONDS);
    }

    void failed(long nanos) {
        failed.record(nanos, TimeUnit.NANOSECONDS);
    }
}
