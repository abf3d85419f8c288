package io.gatehouse.health;

import io.gatehouse.db.Database;
import io.gatehouse.redis.RedisConnection;
import io.gatehouse.redis.RedisUnavailableException;
import io.helidon.dbclient.health.DbClientHealthCheck;
import io.helidon.health.HealthCheck;
import io.helidon.health.HealthCheckResponse;
import io.helidon.health.HealthCheckType;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Whether the service can do its work: checks of helidon-health, reported in the shape of @nestjs/terminus 11. The
 * database is needed; without Redis the service is only slower. Thread-safe.
 */
public final class Health {

    private final List<Dependency> dependencies;

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

    public Health(Database database, RedisConnection redis) {
        HealthCheck databaseCheck = DbClientHealthCheck.builder(database.client())
                .name("database")
                .query()
                .statement("select 1")
                .build();
        this.dependencies = List.of(
                new Dependency(databaseCheck, State.DOWN), new Dependency(new RedisCheck(redis), State.DEGRADED));
    }

    /** Asks every dependency now; each answer is bounded by that store's own time limit. */
    public Report report() {
        Map<String, Entry> info = new TreeMap<>();
        Map<String, Entry> error = new TreeMap<>();
        for (Dependency dependency : dependencies) {
            State state = state(dependency);
            Entry entry = new Entry(state.name().toLowerCase(java.util.Locale.ROOT));
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
}
