package io.gatehouse.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.db.Migrations.State;
import io.gatehouse.support.Await;
import io.gatehouse.support.LogCapture;
import io.gatehouse.support.Scrape;
import io.gatehouse.support.TestClient.Answer;
import io.gatehouse.support.TestService;
import io.helidon.health.HealthCheckResponse.Status;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

class HealthTest {

    @RegisterExtension
    private static final TestService SERVICE = new TestService().withOwnRedis();

    /** What was found so long ago is asked for anew. */
    private static final Duration STALE = Duration.ofMillis(1100);

    private static final Duration SOON = Duration.ofSeconds(10);

    /** Several times the time between beats of health. */
    private static final Duration HEALTH_BEAT = Duration.ofSeconds(30);

    @BeforeAll
    static void await() {
        SERVICE.awaitReady();
    }

    @Test
    void healthHasTheShapeOfTerminusAndTellsNoFigures() {
        Answer answer = SERVICE.client().get("/api/health");

        assertThat(answer.status()).isEqualTo(200);
        String entries =
                "{\"database\":{\"status\":\"up\"},\"disk\":{\"status\":\"up\"},\"hashQueue\":{\"status\":\"up\"},"
                        + "\"heap\":{\"status\":\"up\"},\"ids\":{\"status\":\"up\"},\"redis\":{\"status\":\"up\"},"
                        + "\"schema\":{\"status\":\"up\"}}";
        assertThat(answer.data().toString())
                .isEqualTo("{\"status\":\"ok\",\"info\":%s,\"error\":{},\"details\":%s}".formatted(entries, entries));
    }

    @Test
    void operatorsGetTheFigures() {
        Answer ready = SERVICE.operator().get("/ready");

        assertThat(ready.status()).isEqualTo(200);
        assertThat(ready.data().path("status").stringValue()).isEqualTo("ready");
        JsonNode details = ready.data().path("details");
        assertThat(details.path("disk")
                        .path("folders")
                        .path(0)
                        .path("freeBytes")
                        .longValue())
                .isPositive();
        assertThat(details.path("heap").path("mostBytes").longValue()).isPositive();
        assertThat(details.path("hashQueue").path("places").intValue()).isEqualTo(256);
        assertThat(details.path("database").path("millis").isNumber()).isTrue();
    }

    @Test
    void withoutTheDatabaseItIs503WithTheSameBodyAndReadyAllTheSame() {
        SERVICE.postgresCable().pull();
        Await.pause(STALE);
        try {
            Answer answer = SERVICE.client().get("/api/health");
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.code()).isEqualTo(50300);
            assertThat(answer.header("Retry-After")).isEqualTo("1");
            assertThat(answer.data().path("status").stringValue()).isEqualTo("error");
            assertThat(answer.data().path("error").toString()).isEqualTo("{\"database\":{\"status\":\"down\"}}");
            assertThat(answer.data().path("info").propertyNames())
                    .containsExactly("disk", "hashQueue", "heap", "ids", "redis", "schema");

            Answer ready = SERVICE.operator().get("/ready");
            assertThat(ready.status()).isEqualTo(200);
            assertThat(ready.data().path("status").stringValue()).isEqualTo("degraded");
            assertThat(ready.data()
                            .path("details")
                            .path("database")
                            .path("cause")
                            .isString())
                    .isTrue();
        } finally {
            SERVICE.plugPostgres();
            Await.pause(STALE);
        }
    }

    @Test
    void withoutRedisItIsDegraded() {
        SERVICE.redisCable().pull();
        Await.pause(STALE);
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
            Await.pause(STALE);
        }
    }

    /** One that answers pings. Nobody has asked it meanwhile, so its breaker knows nothing. */
    @Test
    void aRedisThatIsFullIsDegraded() {
        SERVICE.ownRedis().configure("maxmemory", "1");
        try {
            assertThat(Await.until(
                            SOON, () -> redis().path("cause").asString("").contains("OOM")))
                    .isTrue();
        } finally {
            SERVICE.ownRedis().configure("maxmemory", "0");
        }
        assertThat(Await.until(SOON, () -> redis().path("status").asString("").equals("up")))
                .isTrue();
    }

    private static JsonNode redis() {
        return SERVICE.operator().get("/ready").data().path("details").path("redis");
    }

    @Test
    void metricsTellWhatIsFoundWhenNobodyAsks() {
        SERVICE.client().get("/api/health");
        assertThat(gauge("redis")).isEqualTo(1);

        SERVICE.ownRedis().configure("maxmemory", "1");
        try {
            assertThat(Await.until(HEALTH_BEAT, () -> gauge("redis") == 0.5)).isTrue();
        } finally {
            SERVICE.ownRedis().configure("maxmemory", "0");
        }
        assertThat(Await.until(SOON, () -> redis().path("status").asString("").equals("up")))
                .isTrue();
    }

    private static double gauge(String check) {
        return Scrape.of(SERVICE).sum("gatehouse_health_status", Map.of("check", check));
    }

    @Test
    void probesAreNotOnThePublicListener() {
        assertThat(SERVICE.client().get("/ready").status()).isEqualTo(404);
        assertThat(SERVICE.operator().get("/live").status()).isEqualTo(200);
        assertThat(SERVICE.operator().get("/api/health").status()).isEqualTo(404);
    }

    @Test
    void waitingChangesetsAndDrainingMakeUnready() {
        Readiness readiness = new Readiness();
        assertThat(readiness.answer().status()).isEqualTo("starting");

        SchemaCheck behind = new SchemaCheck(() -> new State(List.of(), List.of("0003-add-x"), List.of()));
        readiness.started(new Health(List.of(behind), List.of()));
        assertThat(readiness.answer().ready()).isFalse();
        assertThat(readiness.answer().status()).isEqualTo("schema: changesets wait: 0003-add-x");

        Readiness ready = new Readiness();
        SchemaCheck current = new SchemaCheck(() -> new State(List.of(), List.of(), List.of()));
        ready.started(new Health(List.of(current), List.of()));
        assertThat(ready.answer().ready()).isTrue();
        ready.draining();
        assertThat(ready.answer().ready()).isFalse();
        assertThat(ready.answer().status()).isEqualTo("draining");
    }

    /** {@code db up} may go ahead of a rolling deploy. */
    @Test
    void changesetsOfANewerBuildAreOneWarningAndNoObstacle() {
        State ahead = new State(List.of("0001-a", "0099-of-tomorrow"), List.of(), List.of("0099-of-tomorrow"));
        SchemaCheck schema = new SchemaCheck(() -> ahead);
        try (LogCapture log = LogCapture.info()) {
            assertThat(schema.call().status()).isEqualTo(Status.UP);
            assertThat(schema.call().status()).isEqualTo(Status.UP);

            assertThat(log.lines())
                    .filteredOn(line -> line.contains("0099-of-tomorrow"))
                    .hasSize(1);
        }
    }
}
