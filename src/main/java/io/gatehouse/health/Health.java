package io.gatehouse.health;

import io.gatehouse.db.Database;
import io.gatehouse.redis.RedisConnection;
import io.gatehouse.redis.RedisUnavailableException;
import io.helidon.dbclient.health.DbClientHealthCheck;
import io.helidon.health.HealthCheck;
import io.helidon.health.HealthCheckResponse;
import io.helidon.health.HealthCheckType;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether the service can do its work: checks of helidon-health, reported in the shape of @nestjs/terminus 11. The
 * database is needed; without Redis the service is only slower, without ids nobody can sign in. Thread-safe.
 */
public final class Health {

    private static final Duration FRESH = Duration.ofSeconds(1);

    private final List<Dependency> dependencies;
    private final Clock clock;
    private @Nullable Report last;
    private Instant askedAt = Instant.MIN;

    private record Dependency(HealthCheck check, State whenAway) {}

    private enum State {
        UP,
        DEGRADED,
        DOWN
    }

    /** One entry: {@code up}, {@code degraded} or {@code down}, and nothing more. */
    public record Entry(String status) {}

    /** terminus' report: {@code ok} or {@code error}, entries that work, entries that do not, all entries. */
    public record Report(String status, Map<String, Entry> info, Map<String, Entry> error, Map<String, Entry> details) {

        public boolean ok() {
            return status.equals("ok");
        }
    }

    public Health(Database database, RedisConnection redis, BooleanSupplier ids, Clock clock) {
        this.clock = clock;
        HealthCheck databaseCheck = DbClientHealthCheck.builder(database.client())
                .name("database")
                .query()
                .statement("select 1")
                .build();
        this.dependencies = List.of(
                new Dependency(databaseCheck, State.DOWN),
                new Dependency(new RedisCheck(redis), State.DEGRADED),
                new Dependency(new IdsCheck(ids), State.DEGRADED));
    }

    /**
     * The state of every dependency, at most a second old. One caller asks, the others share the answer: probes must
     * not use up the pool of a slow database. Each answer is bounded by that store's own time limit.
     */
    public synchronized Report report() {
        Instant now = clock.instant();
        if (last == null || !askedAt.plus(FRESH).isAfter(now)) {
            last = ask();
            askedAt = clock.instant();
        }
        return last;
    }

    private Report ask() {
        Map<String, Entry> info = new TreeMap<>();
        Map<String, Entry> error = new TreeMap<>();
        for (Dependency dependency : dependencies) {
            State state = state(dependency);
            Entry entry = new Entry(state.name().toLowerCase(Locale.ROOT));
            (state == State.DOWN ? error : info).put(dependency.check().name(), entry);
        }
        Map<String, Entry> details = new TreeMap<>(info);
        details.putAll(error);
        return new Report(error.isEmpty() ? "ok" : "error", info, error, details);
    }

    private static State state(Dependency dependency) {
        boolean up = dependency.check().call().status() == HealthCheckResponse.Status.UP;
        return up ? State.UP : dependency.whenAway();
    }

    private record RedisCheck(RedisConnection redis) implements HealthCheck {

        @Override
        public String name() {
            return "redis";
        }

        @Override
        public HealthCheckType type() {
            return HealthCheckType.READINESS;
        }

        @Override
        public HealthCheckResponse call() {
            try {
                redis.ping();
                return HealthCheckResponse.builder().status(true).build();
            } catch (RedisUnavailableException e) {
                return HealthCheckResponse.builder().status(false).build();
            }
        }
    }

    /** Whether rows can get an id: the sessions that there are need none. */
    private record IdsCheck(BooleanSupplier available) implements HealthCheck {

        @Override
        public String name() {
            return "ids";
        }

        @Override
        public HealthCheckType type() {
            return HealthCheckType.READINESS;
        }

        @Override
        public HealthCheckResponse call() {
            return HealthCheckResponse.builder()
                    .status(available.getAsBoolean())
                    .build();
        }
    }
}
