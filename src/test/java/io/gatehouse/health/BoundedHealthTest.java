package io.gatehouse.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.support.Await;
import io.gatehouse.support.TestClient;
import io.gatehouse.support.TestClient.Answer;
import io.gatehouse.support.TestService;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** With stores that may take far longer than a probe can wait. */
class BoundedHealthTest {

    private static final Duration STORE_TIMEOUT = Duration.ofSeconds(20);

    /** What was found so long ago is asked for anew. */
    private static final Duration STALE = Duration.ofMillis(1100);

    @RegisterExtension
    private static final TestService SERVICE = new TestService()
            .with("POSTGRE_TIMEOUT_MS", Long.toString(STORE_TIMEOUT.toMillis()))
            .with("ARGON2_MEMORY_KIB", "32768")
            .with("ARGON2_TIME_COST", "2");

    @BeforeAll
    static void await() {
        SERVICE.awaitReady();
    }

    @Test
    void aSilentDatabaseNeitherHangsProbesNorLetsThemPileUp() {
        SERVICE.postgresCable().silence();
        try {
            for (int round = 0; round < 2; round++) {
                Await.pause(STALE);
                long begun = System.nanoTime();
                List<Integer> statuses = IntStream.range(0, 20)
                        .mapToObj(i -> CompletableFuture.supplyAsync(
                                () -> SERVICE.client().get("/api/health").status()))
                        .toList()
                        .stream()
                        .map(CompletableFuture::join)
                        .toList();

                assertThat(statuses).containsOnly(503);
                assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(STORE_TIMEOUT.dividedBy(2));
                assertThat(asking("health-database")).isOne();
            }
            Answer ready = SERVICE.operator().get("/ready");
            assertThat(ready.status()).isEqualTo(200);
            assertThat(ready.data().path("details").path("database").toString())
                    .isEqualTo("{\"status\":\"down\",\"cause\":\"no answer in time\"}");
            assertThat(quickestProbe()).as("within what Kubernetes waits").isLessThan(Duration.ofSeconds(1));
        } finally {
            SERVICE.plugPostgres();
        }
    }

    @Test
    void aQueueOfHashesIsDegradedUntilItIsShort() {
        List<CompletableFuture<Answer>> signUps = IntStream.range(0, 240)
                .mapToObj(i -> SERVICE.client()
                        .postAsync(
                                "/api/user/register",
                                TestClient.registration("Ada", "storm" + i + "@example.com", TestClient.PASSWORD)))
                .toList();

        assertThat(Await.until(Duration.ofSeconds(20), () -> hashQueue().equals("degraded")))
                .isTrue();
        signUps.forEach(CompletableFuture::join);
        assertThat(Await.until(Duration.ofSeconds(20), () -> hashQueue().equals("up")))
                .isTrue();
    }

    private static String hashQueue() {
        Await.pause(STALE);
        return SERVICE.client()
                .get("/api/health")
                .data()
                .path("details")
                .path("hashQueue")
                .path("status")
                .stringValue();
    }

    /** Of two, because the machine may be busy; each asks anew. The pool gives the database up after 10 s. */
    private static Duration quickestProbe() {
        return Stream.generate(() -> {
                    Await.pause(STALE);
                    return Await.timed(
                            () -> assertThat(SERVICE.operator().get("/ready").status())
                                    .isEqualTo(200));
                })
                .limit(2)
                .min(Comparator.naturalOrder())
                .orElseThrow();
    }

    private static long asking(String name) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals(name))
                .count();
    }
}
