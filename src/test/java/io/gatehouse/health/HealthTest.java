package io.gatehouse.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.db.Migrations.State;
import io.gatehouse.support.LogCapture;
import io.gatehouse.support.TestClient.Answer;
import io.gatehouse.support.TestService;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class HealthTest {

    @RegisterExtension
    private static final TestService SERVICE = new TestService();

    @Test
    void healthHasTheShapeOfTerminus() {
        Answer answer = SERVICE.client().get("/api/health");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.data().toString())
                .isEqualTo(
                        "{\"status\":\"ok\",\"info\":{\"database\":{\"status\":\"up\"},\"ids\":{\"status\":\"up\"},\"redis\":{\"status\":\"up\"}},"
                                + "\"error\":{},"
                                + "\"details\":{\"database\":{\"status\":\"up\"},\"ids\":{\"status\":\"up\"},\"redis\":{\"status\":\"up\"}}}");
    }

    @Test
    void withoutTheDatabaseItIs503WithTheSameBodyAndReadyAllTheSame() {
        SERVICE.operator().get("/ready");
        SERVICE.postgresCable().pull();
        SERVICE.clock().move(Duration.ofSeconds(2));
        try {
            Answer answer = SERVICE.client().get("/api/health");
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.code()).isEqualTo(50300);
            assertThat(answer.header("Retry-After")).isEqualTo("1");
            assertThat(answer.data().path("status").stringValue()).isEqualTo("error");
            assertThat(answer.data().path("error").toString()).isEqualTo("{\"database\":{\"status\":\"down\"}}");
            assertThat(answer.data().path("info").toString())
                    .isEqualTo("{\"ids\":{\"status\":\"up\"},\"redis\":{\"status\":\"up\"}}");

            Answer ready = SERVICE.operator().get("/ready");
            assertThat(ready.status()).isEqualTo(200);
            assertThat(ready.data().path("status").stringValue()).isEqualTo("degraded");
        } finally {
            SERVICE.plugPostgres();
            SERVICE.clock().move(Duration.ofSeconds(2));
        }
    }

    @Test
    void withoutRedisItIsDegraded() {
        SERVICE.redisCable().pull();
        SERVICE.clock().move(Duration.ofSeconds(2));
        try {
            Answer answer = SERVICE.client().get("/api/health");
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.data()
                            .path("details")
                            .path("redis")
                            .path("status")
                            .stringValue())
                    .isEqualTo("degraded");
        } finally {
            SERVICE.redisCable().plug();
            SERVICE.clock().move(Duration.ofSeconds(2));
        }
    }

    @Test
    void aSilentDatabaseDoesNotHangTheProbe() {
        SERVICE.operator().get("/ready");
        SERVICE.postgresCable().silence();
        SERVICE.clock().move(Duration.ofSeconds(2));
        long start = System.nanoTime();
        try {
            assertThat(SERVICE.client().get("/api/health").status()).isEqualTo(503);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
        } finally {
            SERVICE.plugPostgres();
            SERVICE.clock().move(Duration.ofSeconds(2));
        }
    }

    @Test
    void probesAreNotOnThePublicListener() {
        assertThat(SERVICE.client().get("/ready").status()).isEqualTo(404);
        assertThat(SERVICE.operator().get("/live").status()).isEqualTo(200);
        assertThat(SERVICE.operator().get("/api/health").status()).isEqualTo(404);
    }

    @Test
    void waitingChangesetsAndDrainingMakeUnready() {
        Readiness readiness =
                new Readiness(() -> new State(List.of(), List.of("0003-add-x"), List.of()), Clock.systemUTC());

        assertThat(readiness.obstacle()).contains("starting");
        readiness.started();
        assertThat(readiness.obstacle()).contains("changesets wait: 0003-add-x");
        Readiness current = new Readiness(() -> new State(List.of(), List.of(), List.of()), Clock.systemUTC());
        current.started();
        assertThat(current.obstacle()).isEmpty();
        current.draining();
        assertThat(current.obstacle()).contains("draining");
    }

    /** {@code db up} may go ahead of a rolling deploy. */
    @Test
    void changesetsOfANewerBuildAreOneWarningAndNoObstacle() {
        State ahead = new State(List.of("0001-a", "0099-of-tomorrow"), List.of(), List.of("0099-of-tomorrow"));
        Readiness readiness = new Readiness(() -> ahead, Clock.systemUTC());
        readiness.started();
        try (LogCapture log = LogCapture.info()) {
            assertThat(readiness.obstacle()).isEmpty();
            assertThat(readiness.obstacle()).isEmpty();

            assertThat(log.lines())
                    .filteredOn(line -> line.contains("0099-of-tomorrow"))
                    .hasSize(1);
        }
    }
}
