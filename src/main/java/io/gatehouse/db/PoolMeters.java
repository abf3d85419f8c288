package io.gatehouse.db;

import com.zaxxer.hikari.metrics.PoolStats;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * What is counted of a pool, in the names of OpenTelemetry's conventions for database clients. Callers wait for a permit
 * before they ask the pool; both waits count as one. Thread-safe.
 */
final class PoolMeters {

    private static final String PREFIX = "db.client.connection.";
    private static final String POOL = "db.client.connection.pool.name";
    private static final String STATE = "db.client.connection.state";

    private final Timer waited;
    private final Timer used;
    private final Counter timeouts;

    PoolMeters(String pool, Semaphore permits, PoolStats figures, MeterRegistry meters) {
        connections("idle", figures::getIdleConnections, pool, meters);
        connections("used", figures::getActiveConnections, pool, meters);
        gauge("max", figures::getMaxConnections, "Connections that the pool may have", pool)
                .register(meters);
        // Health checks ask the pool without a permit.
        gauge(
                        "pending_requests",
                        () -> permits.getQueueLength() + figures.getPendingThreads(),
                        "Callers that wait for a connection",
                        pool)
                .register(meters);
        this.waited = timer("wait_time", "Time until a caller had a connection", pool, meters);
        this.used = timer("use_time", "Time for which a caller had a connection", pool, meters);
        this.timeouts = Counter.builder(PREFIX + "timeouts")
                .description("Callers that got no connection in time")
                .tag(POOL, pool)
                .register(meters);
    }

    private static void connections(String state, Supplier<Number> count, String pool, MeterRegistry meters) {
        gauge("count", count, "Connections that the pool has", pool)
                .tag(STATE, state)
                .register(meters);
    }

    /** Of a supplier, which Micrometer holds on to. */
    private static Gauge.Builder<Supplier<Number>> gauge(
            String name, Supplier<Number> value, String description, String pool) {
        return Gauge.builder(PREFIX + name, value).description(description).tag(POOL, pool);
    }

    private static Timer timer(String name, String description, String pool, MeterRegistry meters) {
        return Timer.builder(PREFIX + name)
                .description(description)
                .tag(POOL, pool)
                .register(meters);
    }

    /** Nanoseconds. */
    void waited(long nanos) {
        waited.record(nanos, TimeUnit.NANOSECONDS);
    }

    /** Nanoseconds. */
    void used(long nanos) {
        used.record(nanos, TimeUnit.NANOSECONDS);
    }

    void timedOut() {
        timeouts.increment();
    }
}
