package io.gatehouse.health;

import io.gatehouse.http.Call;
import io.gatehouse.http.Reply;

/** The route of health for everybody. Thread-safe. */
public final class HealthHandlers {

    private final Health health;

    public HealthHandlers(Health health) {
        this.health = health;
    }

    /** {@code GET /api/health}: 503 with the same body when the service cannot do its work. */
    public Reply health(Call call) {
        Health.Report report = health.report();
        return report.ok() ? Reply.ok(report) : Reply.unavailable(report);
    }
}
