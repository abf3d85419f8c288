package io.gatehouse.health;

import io.gatehouse.http.Call;
import io.gatehouse.http.Reply;
import java.util.Map;

/** The routes of health for operators, on the ops port. Thread-safe. */
public final class ProbeHandlers {

    private final Readiness readiness;

    public ProbeHandlers(Readiness readiness) {
        this.readiness = readiness;
    }

    private record Probe(String status, Map<String, Map<String, Object>> details) {}

    /** {@code GET /live}: the process answers; touches nothing. */
    public Reply live(Call call) {
        return Reply.ok(new Probe("up", Map.of()));
    }

    /** {@code GET /ready}: 503 with the reason while no request should be sent here; with figures, else. */
    public Reply ready(Call call) {
        Readiness.Answer answer = readiness.answer();
        Probe probe = new Probe(answer.status(), answer.details());
        return answer.ready() ? Reply.ok(probe) : Reply.unavailable(probe);
    }
}
