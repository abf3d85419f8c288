package io.gatehouse.health;

import io.gatehouse.http.Call;
import io.gatehouse.http.Reply;
import java.util.Map;
import java.util.Optional;

/** The routes of health: one for everybody, two for operators. Thread-safe. */
public final class HealthHandlers {

    private final Health health;
    private final Readiness readiness;

    public HealthHandlers(Health health, Readiness readiness) {
        this.health = health;
        this.readiness = readiness;
    }

    private record Probe(String status, Map<String, Health.Entry> details) {}

    /** {@code GET /api/health}: 503 with the same body when the service cannot do its work. */
    public Reply health(Call call) {
        Health.Report report = health.report();
        return report.ok() ? Reply.ok(report) : Reply.unavailable(report);
    }

    /** {@code GET /live} on the ops port: the process answers; touches nothing. */
    public Reply live(Call call) {
        return Reply.ok(new Probe("up", Map.of()));
    }

    /** {@code GET /ready} on the ops port. */
    public Reply ready(Call call) {
        Optional<String> obstacle = readiness.obstacle();
        if (obstacle.isPresent()) {
            return Reply.unavailable(new Probe(obstacle.get(), Map.of()));
        }
        Health.Report report = health.report();
        boolean allUp = report.details().values().stream()
                .allMatch(entry -> entry.status().equals("up"));
        return Reply.ok(new Probe(allUp ? "ready" : "degraded", report.details()));
    }
}
