package io.gatehouse.health;

import io.helidon.health.HealthCheck;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Whether the service can do its work: checks of helidon-health, all asked at once, for less than a second and once a second
 * at most, so that no number of probes can hurt. Thread-safe.
 */
public final class Health {

    private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Below the second that Kubernetes' probes wait unless told otherwise, with the way to us and back. */
    private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(800);

    private final List<BoundedCheck> checks;
    private volatile @Nullable List<Finding> last;
    private long foundAt;

    /**
     * Nothing is asked yet.
     *
     * @param needed without which the service cannot do its work
     * @param useful without which it is slower, or cannot do all of it
     */
    public Health(List<HealthCheck> needed, List<HealthCheck> useful) {
        this.checks = Stream.concat(
                        needed.stream().map(check -> new BoundedCheck(check, State.DOWN)),
                        useful.stream().map(check -> new BoundedCheck(check, State.DEGRADED)))
                .toList();
    }

    /** Tells each check's last finding as a gauge. A scrape asks no check: {@link #findings} has to be called now and then. */
    public void register(MeterRegistry meters) {
        for (BoundedCheck check : checks) {
            Gauge.builder("gatehouse.health.status", this, health -> health.lastOf(check.name()))
                    .description("What a check found last: 1 up, 0.5 degraded, 0 down")
                    .tag("check", check.name())
                    .register(meters);
        }
    }

    private double lastOf(String check) {
        List<Finding> known = last;
        return known == null
                ? Double.NaN
                : known.stream()
                        .filter(finding -> finding.name().equals(check))
                        .mapToDouble(finding -> finding.state().share())
                        .sum();
    }

    /** One entry of terminus: {@code up}, {@code degraded} or {@code down}, and nothing more. */
    public record Entry(String status) {}

    /** terminus' report: {@code ok} or {@code error}, entries that work, entries that do not, all entries. */
    public record Report(String status, Map<String, Entry> info, Map<String, Entry> error, Map<String, Entry> details) {

        public boolean ok() {
            return status.equals("ok");
        }
    }

    /** For everybody: no figures, no names. */
    public Report report() {
        Map<String, Entry> info = new TreeMap<>();
        Map<String, Entry> error = new TreeMap<>();
        for (Finding finding : findings()) {
            (finding.state() == State.DOWN ? error : info)
                    .put(finding.name(), new Entry(finding.state().word()));
        }
        Map<String, Entry> details = new TreeMap<>(info);
        details.putAll(error);
        return new Report(error.isEmpty() ? "ok" : "error", info, error, details);
    }

    /** What every check found, at most a second ago. One caller asks, the others share the answer. */
    public synchronized List<Finding> findings() {
        List<Finding> known = last;
        if (known != null && System.nanoTime() - foundAt < FRESH_NANOS) {
            return known;
        }
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        checks.forEach(BoundedCheck::ask);
        List<Finding> found =
                checks.stream().map(check -> check.finding(deadline)).toList();
        last = found;
        foundAt = System.nanoTime();
        return found;
    }
}
