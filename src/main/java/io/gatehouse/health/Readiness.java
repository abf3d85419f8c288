package io.gatehouse.health;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Whether a balancer should send requests here: the service has started, no changeset of this build waits, and it is
 * not draining. A store that is away does not count: every replica would be taken out at once. Thread-safe.
 */
public final class Readiness {

    private volatile @Nullable Health health;
    private volatile boolean draining;

    /**
     * An answer for balancers and operators.
     *
     * @param status {@code ready}, {@code degraded}, or why it is not ready
     * @param details of each check its status, figures and cause
     */
    public record Answer(boolean ready, String status, Map<String, Map<String, Object>> details) {}

    /** Not ready until then. */
    public void started(Health checks) {
        health = checks;
    }

    /** Not ready any more. */
    public void draining() {
        draining = true;
    }

    public boolean isDraining() {
        return draining;
    }

    /** The state of this moment; takes less than a second. */
    public Answer answer() {
        Health checks = health;
        if (draining) {
            return new Answer(false, "draining", Map.of());
        }
        if (checks == null) {
            return new Answer(false, "starting", Map.of());
        }
        List<Finding> findings = checks.findings();
        Map<String, Map<String, Object>> details = new TreeMap<>();
        findings.forEach(finding -> details.put(finding.name(), finding.whole()));
        return findings.stream()
                .filter(finding -> finding.name().equals(SchemaCheck.NAME) && finding.state() == State.DOWN)
                .findFirst()
                .map(schema -> new Answer(false, "schema: " + schema.figures().get("cause"), details))
                .orElseGet(() -> new Answer(true, allUp(findings) ? "ready" : "degraded", details));
    }

    private static boolean allUp(List<Finding> findings) {
        return findings.stream().allMatch(finding -> finding.state() == State.UP);
    }
}
