package io.gatehouse.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.support.Await;
import io.gatehouse.support.Scrape;
import io.gatehouse.support.TestClient;
import io.gatehouse.support.TestService;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is counted of admission and of what stands behind it, while it is there and while it is not. */
class StoreMetersTest {

    private static final Duration SOON = Duration.ofSeconds(10);
    private static final Map<String, String> ALL = Map.of();
    private static final Map<String, String> REQUESTS = Map.of("db_client_connection_pool_name", "gatehouse");
    private static final String REDIS_CALLS = "db_client_operation_duration_seconds_count";

    @RegisterExtension
    private static final TestService SERVICE = new TestService().with("SHORT_THROTTLE_LIMIT", "20");

    @Test
    void poolsTellTheirConnectionsAndWhoWaitsForThem() {
        double waited = sum("db_client_connection_wait_time_seconds_count", REQUESTS);
        double used = sum("db_client_connection_use_time_seconds_count", REQUESTS);
        SERVICE.client().register("pool@example.com");

        Scrape scrape = Scrape.of(SERVICE);
        assertThat(scrape.sum("db_client_connection_wait_time_seconds_count", REQUESTS))
                .isGreaterThan(waited);
        assertThat(scrape.sum("db_client_connection_use_time_seconds_count", REQUESTS))
                .isGreaterThan(used);
        assertThat(scrape.sum("db_client_connection_use_time_seconds_sum", REQUESTS))
                .isPositive();
        assertThat(scrape.sum("db_client_connection_max", REQUESTS))
                .isEqualTo(SERVICE.settings().postgres().poolSize());
        assertThat(scrape.sum("db_client_connection_max", Map.of("db_client_connection_pool_name", "leases")))
                .isEqualTo(1);
        assertThat(scrape.of("db_client_connection_pending_requests", ALL)).hasSize(2);
        // HikariCP's figures are up to a second old.
        assertThat(Await.until(SOON, () -> sum("db_client_connection_count", REQUESTS) > 0))
                .isTrue();
        assertThat(scrape.of("db_client_connection_count", REQUESTS).stream()
                        .map(sample -> sample.labels().get("db_client_connection_state")))
                .containsExactlyInAnyOrder("idle", "used");
    }

    @Test
    void callersWithoutAConnectionAreCounted() {
        double before = sum("db_client_connection_timeouts_total", REQUESTS);
        SERVICE.postgresCable().pull();
        try {
            // What the pool holds is found dead first.
            assertThat(Await.until(SOON, () -> {
                        SERVICE.client().login("nobody@example.com");
                        return sum("db_client_connection_timeouts_total", REQUESTS) > before;
                    }))
                    .isTrue();
        } finally {
            SERVICE.plugPostgres();
        }
    }

    @Test
    void callsOfRedisAreTimedAndItsAbsenceIsTold() {
        TestClient client = SERVICE.client().signedIn("redis@example.com");
        double before = sum(REDIS_CALLS, Map.of("db_system_name", "redis", "error_type", ""));
        client.get("/api/session");
        assertThat(sum(REDIS_CALLS, Map.of("db_system_name", "redis", "error_type", "")))
                .isGreaterThan(before);
        assertThat(sum("gatehouse_redis_connected", ALL)).isEqualTo(1);
        assertThat(sum("gatehouse_redis_breaker_open", ALL)).isZero();

        SERVICE.redisCable().pull();
        try {
            assertThat(Await.until(SOON, () -> {
                        client.get("/api/session");
                        return sum("gatehouse_redis_breaker_open", ALL) == 1;
                    }))
                    .isTrue();
            assertThat(sum(REDIS_CALLS, Map.of("db_system_name", "redis", "error_type", "unavailable")))
                    .isPositive();
        } finally {
            SERVICE.redisCable().plug();
        }
        assertThat(Await.until(
                        SOON,
                        () -> sum("gatehouse_redis_breaker_open", ALL) == 0
                                && sum("gatehouse_redis_connected", ALL) == 1))
                .isTrue();
    }

    @Test
    void everyVerdictIsCounted() {
        TestClient client = SERVICE.client().signedIn("verdict@example.com");
        assertThat(verdicts(() -> client.get("/api/user/profile"), "admitted")).isEqualTo(1);
        assertThat(verdicts(() -> client.get("/api/authz/forward-auth"), "admitted"))
                .isEqualTo(1);
        assertThat(verdicts(() -> SERVICE.client().get("/api/user/profile"), "no_session"))
                .isEqualTo(1);
        assertThat(verdicts(() -> SERVICE.client().get("/api/authz/forward-auth"), "no_session"))
                .isEqualTo(1);
        client.call("POST", "/api/user/logout");
        assertThat(verdicts(() -> client.get("/api/user/profile"), "session_ended"))
                .isEqualTo(1);
        assertThat(verdicts(() -> client.get("/api/authz/forward-auth"), "session_ended"))
                .isEqualTo(1);
        assertThat(verdicts(
                        () -> {
                            for (int i = 0; i < 23; i++) {
                                SERVICE.client().get("/api/crypto/public-key");
                            }
                        },
                        "limited"))
                .isEqualTo(3);
    }

    @Test
    void whatNobodyCanTellIsUndecided() {
        TestClient client = SERVICE.client().signedIn("undecided@example.com");
        SERVICE.redisCable().pull();
        SERVICE.postgresCable().pull();
        try {
            assertThat(verdicts(
                            () -> assertThat(client.get("/api/session").status())
                                    .isEqualTo(503),
                            "undecided"))
                    .isEqualTo(1);
        } finally {
            SERVICE.redisCable().plug();
            SERVICE.plugPostgres();
        }
        assertThat(Await.until(SOON, () -> sum("gatehouse_redis_breaker_open", ALL) == 0))
                .isTrue();
    }

    @Test
    void hashesAndIdsAreCounted() {
        double hashed = sum("gatehouse_password_hashes_duration_seconds_count", ALL);
        double issued = sum("gatehouse_ids_issued_total", ALL);
        SERVICE.client().register("hash@example.com");

        assertThat(sum("gatehouse_password_hashes_duration_seconds_count", ALL)).isEqualTo(hashed + 1);
        assertThat(sum("gatehouse_ids_issued_total", ALL)).isEqualTo(issued + 1);
        assertThat(sum("gatehouse_ids_worker", ALL)).isNotNegative();
    }

    private static double verdicts(Runnable requests, String verdict) {
        double before = sum("gatehouse_admission_verdicts_total", Map.of("verdict", verdict));
        requests.run();
        return sum("gatehouse_admission_verdicts_total", Map.of("verdict", verdict)) - before;
    }

    private static double sum(String name, Map<String, String> labels) {
        return Scrape.of(SERVICE).sum(name, labels);
    }
}
