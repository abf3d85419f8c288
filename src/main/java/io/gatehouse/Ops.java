package io.gatehouse;

import io.gatehouse.config.Settings;
import io.gatehouse.health.ProbeHandlers;
import io.gatehouse.health.Readiness;
import io.gatehouse.http.HttpServer;
import io.gatehouse.id.LogIds;
import io.gatehouse.id.Snowflake;
import io.gatehouse.metrics.MetricsHandlers;
import io.gatehouse.metrics.RuntimeMeters;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * What operators reach from the first moment to the last, also while stores start or stop: probes and metrics. Part of
 * the composition root.
 */
final class Ops implements AutoCloseable {

    /** Longest wait for requests in flight when stopping; what takes longer is cut, so that we end within 15 s. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    private final PrometheusMeterRegistry meters;
    private final RuntimeMeters runtime;
    private final Readiness readiness;
    private final HttpServer.Conventions conventions;
    private final LongSupplier droppedLines;
    private final HttpServer listener;

    private Ops(Settings settings, Clock clock, LongSupplier droppedLines) {
        this.meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        this.runtime = new RuntimeMeters(meters);
        this.readiness = new Readiness();
        this.conventions = conventions(settings, clock);
        this.droppedLines = droppedLines;
        FunctionCounter.builder("gatehouse.log.lines.dropped", this, Ops::droppedLines)
                .description("Log lines that could not be written, or not as fast as they came")
                .register(meters);
        this.listener = HttpServer.start(
                settings.ops(),
                "OPS_PORT",
                Routes.ops(new ProbeHandlers(readiness), new MetricsHandlers(meters)),
                conventions);
    }

    /**
     * Listens; nothing is ready yet.
     *
     * @param droppedLines of the log, so far
     * @throws HttpServer.ListenException when the port cannot be had
     */
    static Ops start(Settings settings, Clock clock, LongSupplier droppedLines) {
        return new Ops(settings, clock, droppedLines);
    }

    PrometheusMeterRegistry meters() {
        return meters;
    }

    Readiness readiness() {
        return readiness;
    }

    /** What the listener of the API shares with this one. */
    HttpServer.Conventions conventions() {
        return conventions;
    }

    /** The port in use, also where a free one was asked for. */
    int port() {
        return listener.port();
    }

    @Override
    public void close() {
        listener.close();
        runtime.close();
        meters.close();
    }

    private HttpServer.Conventions conventions(Settings settings, Clock clock) {
        LogIds logIds = new LogIds(new SecureRandom().nextInt(Snowflake.MAX_WORKER + 1), clock);
        return new HttpServer.Conventions(
                settings.origin(),
                settings.https(),
                settings.allowedOrigins(),
                settings.trustedProxies(),
                App::translate,
                logIds::next,
                readiness::isDraining,
                GRACE,
                meters);
    }

    private double droppedLines() {
        return droppedLines.getAsLong();
    }
}
