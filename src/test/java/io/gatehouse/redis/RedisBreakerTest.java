package io.gatehouse.redis;

import static io.gatehouse.support.Await.pause;
import static io.gatehouse.support.Await.timed;
import static io.gatehouse.support.Await.until;
import static io.gatehouse.support.BreakerMetrics.changes;
import static io.gatehouse.support.BreakerMetrics.closed;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.support.BreakerMetrics;
import io.gatehouse.support.LogCapture;
import io.gatehouse.support.RedisSwitch;
import io.gatehouse.support.TestClient;
import io.gatehouse.support.TestClient.Answer;
import io.gatehouse.support.TestService;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class RedisBreakerTest {

    private static final Duration RECOVERY = Duration.ofSeconds(5);

    /** Less than {@code REDIS_TIMEOUT_MS}: who takes longer has waited for Redis. */
    private static final Duration QUICK = Duration.ofMillis(200);

    /** The window of calls that the breaker looks at is full of good ones after so many. */
    private static final int ENOUGH = 20;

    private static final RedisSwitch LINE = RedisSwitch.to(RedisBreakerTest::patientRedisPort);

    @RegisterExtension
    @Order(1)
    private static final TestService SERVICE = new TestService().withOwnRedis();

    /** Waits for Redis so long that tests can do something meanwhile. */
    @RegisterExtension
    @Order(2)
    private static final TestService PATIENT = new TestService()
            .withOwnRedis()
            .with("REDIS_PORT", Integer.toString(LINE.port()))
            .with("REDIS_TIMEOUT_MS", "2000");

    @RegisterExtension
    @Order(3)
    private static final TestService WITHOUT_QUEUE = new TestService()
            .withOwnRedis()
            .with("REDIS_TIMEOUT_MS", "2000")
            .with("REDIS_ENABLE_OFFLINE_QUEUE", "false");

    private static int patientRedisPort() {
        return PATIENT.ownRedis().port();
    }

    @AfterEach
    void settle() {
        assertThat(until(
                        RECOVERY,
                        () -> Stream.of(SERVICE, PATIENT, WITHOUT_QUEUE).allMatch(BreakerMetrics::closed)))
                .isTrue();
    }

    @AfterAll
    static void close() {
        LINE.close();
    }

    @Test
    void aKilledRedisOpensItAndARestartedOneClosesItByItselfWithOneLineForEachChange() throws Exception {
        TestClient client = SERVICE.client().signedIn("lines@example.com");
        double opened = changes(SERVICE, "open");
        double closed = changes(SERVICE, "closed");
        try (LogCapture log = LogCapture.info()) {
            SERVICE.ownRedis().kill();
            useUntilOpen(client);
            SERVICE.ownRedis().restart();
            assertThat(until(RECOVERY, () -> closed(SERVICE))).isTrue();

            assertThat(breakerLines(log)).hasSize(3);
            assertThat(breakerLines(log).get(0)).contains("\"level\":40", "\"state\":\"open\"");
            assertThat(breakerLines(log).get(1)).contains("\"level\":30", "\"state\":\"half_open\"");
            assertThat(breakerLines(log).get(2)).contains("\"level\":30", "\"state\":\"closed\"");
        }
        assertThat(changes(SERVICE, "open") - opened).isEqualTo(1);
        assertThat(changes(SERVICE, "closed") - closed).isEqualTo(1);
    }

    @Test
    void whileItIsOpenNobodyWaitsForRedis() throws Exception {
        TestClient client = SERVICE.client().signedIn("quick@example.com");
        SERVICE.ownRedis().kill();
        useUntilOpen(client);

        List<Duration> took = IntStream.range(0, 40)
                .mapToObj(i -> timed(
                        () -> assertThat(client.get("/api/session").status()).isEqualTo(200)))
                .sorted()
                .toList();
        SERVICE.ownRedis().restart();

        assertThat(took.getLast()).isLessThan(QUICK);
        assertThat(took.get(took.size() / 2)).isLessThan(Duration.ofMillis(50));
    }

    @Test
    void anOutageFillsNoLog() throws Exception {
        TestClient client = SERVICE.client().signedIn("quiet@example.com");
        try (LogCapture log = LogCapture.info()) {
            SERVICE.ownRedis().kill();
            useFor(Duration.ofSeconds(3), client);
            int lines = ownLines(log).size();
            assertThat(lines).isLessThan(10);
            SERVICE.ownRedis().restart();
            assertThat(until(RECOVERY, () -> closed(SERVICE))).isTrue();
            assertThat(ownLines(log)).hasSizeLessThanOrEqualTo(lines + 2);
        }
    }

    @Test
    void aRedisThatIsBackIsNotAskedBeforePostgresIsAndThatFillsNoLogEither() throws Exception {
        TestClient client = SERVICE.client().signedIn("both@example.com");
        SERVICE.redisCable().pull();
        useUntilOpen(client);
        assertThat(client.call("POST", "/api/user/logout").status()).isEqualTo(200);
        try (LogCapture log = LogCapture.info()) {
            SERVICE.postgresCable().pull();
            SERVICE.redisCable().plug();
            pause(Duration.ofSeconds(3));
            assertThat(closed(SERVICE)).isFalse();
            assertThat(client.get("/api/session").status()).isEqualTo(503);
            assertThat(breakerLines(log)).isEmpty();
        } finally {
            SERVICE.postgresCable().plug();
        }
        assertThat(until(RECOVERY, () -> closed(SERVICE))).isTrue();
        assertThat(client.get("/api/session").status()).isEqualTo(401);
    }

    @Test
    void whatIsRevokedWhileItIsOpenStaysRevokedOnceItHasClosed() {
        TestClient kept = SERVICE.client().signedIn("kept@example.com");
        List<TestClient> revoked = IntStream.range(0, 5)
                .mapToObj(i -> SERVICE.client().signedIn("revoked" + i + "@example.com"))
                .toList();
        revoked.forEach(
                client -> assertThat(client.get("/api/session").status()).isEqualTo(200));
        SERVICE.redisCable().pull();
        useUntilOpen(kept);

        revoked.forEach(client ->
                assertThat(client.call("POST", "/api/user/logout").status()).isEqualTo(200));
        SERVICE.redisCable().plug();

        long end = System.nanoTime() + Duration.ofSeconds(2).toNanos();
        while (System.nanoTime() < end || !closed(SERVICE)) {
            revoked.forEach(
                    client -> assertThat(client.get("/api/session").code()).isEqualTo(40102));
            assertThat(kept.get("/api/session").status()).isEqualTo(200);
        }
    }

    @Test
    void aFullRedisOpensItAndRoomClosesIt() {
        TestClient client = SERVICE.client().signedIn("full@example.com");
        SERVICE.ownRedis().configure("maxmemory", "1");
        useUntilOpen(client);
        pause(Duration.ofSeconds(1));
        assertThat(closed(SERVICE)).isFalse();

        SERVICE.ownRedis().configure("maxmemory", "0");
        assertThat(until(RECOVERY, () -> closed(SERVICE))).isTrue();
    }

    @Test
    void aScriptThatCountsIsNotRepeatedWhenItsReplyWasLostWithTheConnection() {
        TestClient client = PATIENT.client().signedIn("counted@example.com");
        IntStream.range(0, ENOUGH).forEach(i -> client.get("/api/session"));
        LINE.loseReplies();
        // No more than are sent while others are unanswered.
        List<CompletableFuture<Answer>> lost = IntStream.range(0, 2)
                .mapToObj(i -> CompletableFuture.supplyAsync(() -> client.get("/api/session")))
                .toList();
        pause(Duration.ofMillis(300));
        LINE.cut();
        lost.forEach(answer -> assertThat(answer.join().status()).isEqualTo(200));

        assertThat(until(RECOVERY, () -> PATIENT.ownRedis().command(RedisCommands::ping) != null && closed(PATIENT)))
                .isTrue();
        Answer last = client.get("/api/session");
        long counted = 1_000_000 - Long.parseLong(last.header("X-RateLimit-Remaining"));
        assertThat(counted).isEqualTo(ENOUGH + lost.size() + 1);
    }

    /** A command that was on its way when the line was cut is not sent again: then the next try tells. */
    @Test
    void withTheQueueACallWaitsForAConnectionThatComesBack() {
        TestClient client = PATIENT.client().signedIn("waits@example.com");

        boolean waited = false;
        for (int i = 0; i < 10 && !waited; i++) {
            assertThat(until(RECOVERY, () -> closed(PATIENT))).isTrue();
            client.get("/api/session");
            long before = Long.parseLong(client.get("/api/session").header("X-RateLimit-Remaining"));
            LINE.cut();
            long after = Long.parseLong(client.get("/api/session").header("X-RateLimit-Remaining"));
            waited = before - after == 1;
        }

        assertThat(waited).isTrue();
    }

    @Test
    void withoutTheQueueALostConnectionFailsAtOnce() {
        TestClient client = WITHOUT_QUEUE.client().signedIn("at-once@example.com");
        client.get("/api/session");

        WITHOUT_QUEUE.redisCable().pull();
        try {
            pause(Duration.ofMillis(50));
            assertThat(timed(() ->
                            assertThat(client.get("/api/session").status()).isEqualTo(200)))
                    .isLessThan(Duration.ofMillis(500));
        } finally {
            WITHOUT_QUEUE.redisCable().plug();
        }
    }

    private static void useUntilOpen(TestClient client) {
        assertThat(until(RECOVERY, () -> {
                    assertThat(client.get("/api/session").status()).isEqualTo(200);
                    return !closed(SERVICE);
                }))
                .as("the breaker opens")
                .isTrue();
    }

    private static void useFor(Duration duration, TestClient client) {
        long end = System.nanoTime() + duration.toNanos();
        List<CompletableFuture<Void>> users = IntStream.range(0, 4)
                .mapToObj(i -> CompletableFuture.runAsync(() -> {
                    while (System.nanoTime() < end) {
                        assertThat(client.get("/api/session").status()).isEqualTo(200);
                    }
                }))
                .toList();
        users.forEach(CompletableFuture::join);
    }

    private static List<String> breakerLines(LogCapture log) {
        return log.lines().stream()
                .filter(line -> line.contains("redis breaker changed"))
                .toList();
    }

    /** All but those of requests. */
    private static List<String> ownLines(LogCapture log) {
        return log.lines().stream().filter(line -> !line.contains("\"reqId\"")).toList();
    }
}
