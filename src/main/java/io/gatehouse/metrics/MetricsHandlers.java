package io.gatehouse.metrics;

import io.gatehouse.http.Call;
import io.gatehouse.http.Reply;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;

/** Shows what is counted, to operators only. Thread-safe. */
public final class MetricsHandlers {

    private static final String MEDIA_TYPE = "text/plain; version=0.0.4";

    private final PrometheusMeterRegistry meters;

    public MetricsHandlers(PrometheusMeterRegistry meters) {
        this.meters = meters;
    }

    /** {@code GET /metrics}: Prometheus' text format. */
    public Reply metrics(Call call) {
        return Reply.text(MEDIA_TYPE, meters.scrape());
    }
}
