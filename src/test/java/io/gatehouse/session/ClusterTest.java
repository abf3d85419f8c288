package io.gatehouse.session;

import static io.gatehouse.support.Await.pause;
import static io.gatehouse.support.Await.timed;
import static io.gatehouse.support.Await.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.support.BreakerMetrics;
import io.gatehouse.support.LogCapture;
import io.gatehouse.support.RedisProcess;
import io.gatehouse.support.TestClient;
import io.gatehouse.support.TestClient.Answer;
import io.gatehouse.support.TestService;
import io.lettuce.core.api.sync.RedisCommands;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The whole service over a Redis Cluster, also with one of its three nodes dead. */
class ClusterTest {

    private static final int SESSIONS = 30;
    private static final int NODE = 1;
    private static final Duration RECOVERY = Duration.ofSeconds(5);

    /** {@code REDIS_TIMEOUT_MS} + {@code POSTGRE_TIMEOUT_MS} and a busy machine. */
    private static final Duration LONGEST = Duration.ofMillis(250 + 2000 + 500);

    private static final Duration QUICK = Duration.ofMillis(200);

    @RegisterExtension
    @Order(1)
    private static final TestService SERVICE = new TestService()
            .withOwnCluster()
            // Puts a key that is written to as a probe of a single server on a node that lives.
            .with("REDIS_KEY_PREFIX", "cluster:");

    @RegisterExtension
    @Order(2)
    private static final TestService LIMITED =
            new TestService().beside(SERVICE).with("THROTTLE_LIMIT", "5").with("LOGIN_THROTTLE_LIMIT", "3");

    /** A session and where its copy lies. */
    private record Signed(TestClient client, String slot) {

        static Signed in(String email) {
            String cookie = SERVICE.client().login(email).cookie();
            String signed = URLDecoder.decode(cookie.substring("session=".length()), StandardCharsets.UTF_8);
            SessionToken token = new SessionToken(signed.substring(0, signed.lastIndexOf('.')));
            return new Signed(SERVICE.client().with("Cookie", cookie), SessionCopies.slot(token.hash()));
        }

        boolean liesOn(RedisProcess node) {
            return node.command(commands -> commands.keys("*:s:{" + slot + "}")).size() == 1;
        }

        int status() {
            return client.get("/api/session").status();
        }
    }

    @Test
    void accountsAndSessionsWorkOverAllNodes() {
        List<Signed> sessions = sessions("all@example.com");
        assertThat(sessions).extracting(Signed::status).containsOnly(200);
        assertThat(SERVICE.ownCluster().nodes())
                .allSatisfy(node -> assertThat(sessions).anyMatch(session -> session.liesOn(node)));

        TestClient first = sessions.getFirst().client();
        assertThat(first.get("/api/sessions").data()).hasSize(SESSIONS);
        assertThat(changeName(first, "Countess").status()).isEqualTo(200);
        assertThat(sessions)
                .extracting(session -> session.client()
                        .get("/api/session")
                        .data()
                        .path("user")
                        .path("name")
                        .stringValue())
                .containsOnly("Countess");
    }

    @Test
    void endedSessionsAreDeadOnAllNodesAndReplicas() {
        List<Signed> sessions = sessions("ended@example.com");
        sessions.forEach(Signed::status);

        assertThat(sessions.get(0).client().call("POST", "/api/user/logout").status())
                .isEqualTo(200);
        assertThat(sessions.get(0).status()).isEqualTo(401);

        Answer others = sessions.get(1).client().call("DELETE", "/api/sessions");
        assertThat(others.data().path("ended").intValue()).isEqualTo(SESSIONS - 2);
        assertThat(sessions.get(1).status()).isEqualTo(200);
        assertThat(sessions.subList(2, SESSIONS)).extracting(Signed::status).containsOnly(401);
    }

    @Test
    void requestsAreLimitedBySession() {
        SERVICE.client().register("limited@example.com");
        for (int i = 0; i < 3; i++) {
            String cookie = SERVICE.client().login("limited@example.com").cookie();
            TestClient client = LIMITED.client().with("Cookie", cookie);

            assertThat(IntStream.range(0, 7)
                            .map(request -> client.get("/api/session").status()))
                    .containsExactly(200, 200, 200, 200, 200, 429, 429);
        }
    }

    @Test
    void failedSignInsAreLimitedByAccount() {
        SERVICE.client().register("guessed@example.com");
        TestClient guesser = LIMITED.client();

        assertThat(IntStream.range(0, 4)
                        .map(guess -> guesser.login("guessed@example.com", "not the password")
                                .status()))
                .containsExactly(401, 401, 401, 429);
        assertThat(SERVICE.client().login("guessed@example.com").status()).isEqualTo(200);
    }

    @Test
    void aDeadNodeSignsNobodyOutAndBringsNobodyBack() throws Exception {
        List<Signed> sessions = sessions("dead@example.com");
        assertThat(sessions).extracting(Signed::status).containsOnly(200);
        RedisProcess node = SERVICE.ownCluster().nodes().get(NODE);
        List<Signed> hit = sessions.stream().filter(it -> it.liesOn(node)).toList();
        Signed revoked = hit.getFirst();
        List<Signed> live = sessions.stream().filter(it -> !it.equals(revoked)).toList();

        // What other tests ended must not be why Redis is not asked.
        SERVICE.execute("delete from invalidations");

        try (LogCapture log = LogCapture.info()) {
            SERVICE.ownCluster().killNode(NODE);
            useUntilOpen(hit);
            assertAllAnswer(live, Duration.ofSeconds(2));
            assertThat(breakerLines(log)).as("it stays open").isEmpty();
            assertThat(SERVICE.client().login("dead@example.com").status()).isEqualTo(200);
            assertThat(changeName(live.getFirst().client(), "Ada").status()).isEqualTo(200);
            assertThat(revoked.client().call("POST", "/api/user/logout").status())
                    .isEqualTo(200);
            assertThat(revoked.status()).isEqualTo(401);
            assertAllAnswer(live, Duration.ofSeconds(3));
            assertThat(revoked.status()).isEqualTo(401);
            assertThat(ownLines(log)).as("lines of two replicas in 5 s").hasSizeLessThan(40);
            assertThat(breakerLines(log)).hasSizeLessThanOrEqualTo(2);
        }

        SERVICE.ownCluster().restartNode(NODE);
        assertThat(until(RECOVERY, () -> allClosed() && allQuick(live)))
                .as("all as before")
                .isTrue();
        assertThat(revoked.status()).isEqualTo(401);
        // The other replica takes the copies of a renamed account out once more.
        assertThat(until(
                        RECOVERY,
                        () -> allQuick(live)
                                && hit.subList(1, hit.size()).stream().allMatch(session -> session.liesOn(node))))
                .as("copies are back")
                .isTrue();
    }

    /** A look at the cluster that fails connects anew, every two seconds. */
    @Test
    @Tag("soak")
    void aNodeThatIsDeadForLongLeavesNothingBehind() throws Exception {
        List<RedisProcess> nodes = SERVICE.ownCluster().nodes();
        List<Signed> hit = sessions("long@example.com").stream()
                .filter(session -> session.status() == 200 && session.liesOn(nodes.get(NODE)))
                .toList();
        SERVICE.ownCluster().killNode(NODE);
        useUntilOpen(hit);
        Footprint before = Footprint.now();
        long connections = connections(nodes.getFirst());

        pause(Duration.ofMinutes(2));
        assertThat(BreakerMetrics.closed(SERVICE)).isFalse();
        before.staysFlatUntil(Footprint.now());
        assertThat(connections(nodes.getFirst())).isLessThanOrEqualTo(connections + 4);

        SERVICE.ownCluster().restartNode(NODE);
        assertThat(until(RECOVERY, ClusterTest::allClosed)).isTrue();
    }

    private static void useUntilOpen(List<Signed> hit) {
        assertThat(until(RECOVERY, () -> {
                    assertThat(hit).extracting(Signed::status).containsOnly(200);
                    return !BreakerMetrics.closed(SERVICE);
                }))
                .as("the breaker opens")
                .isTrue();
    }

    private static boolean allClosed() {
        return BreakerMetrics.closed(SERVICE) && BreakerMetrics.closed(LIMITED);
    }

    private static long connections(RedisProcess node) {
        long count = node.command(RedisCommands::clientList).lines().count();
        System.out.printf("%d connections%n", count);
        return count;
    }

    private static List<Signed> sessions(String email) {
        SERVICE.client().register(email);
        return IntStream.range(0, SESSIONS).mapToObj(i -> Signed.in(email)).toList();
    }

    private static void assertAllAnswer(List<Signed> sessions, Duration lasting) {
        long end = System.nanoTime() + lasting.toNanos();
        Duration slowest = Duration.ZERO;
        do {
            for (Signed session : sessions) {
                Duration took = timed(
                        () -> assertThat(session.status()).as("a live session").isEqualTo(200));
                slowest = slowest.compareTo(took) < 0 ? took : slowest;
            }
            pause(Duration.ofMillis(20));
        } while (System.nanoTime() < end);
        System.out.printf("a node dead: slowest %d ms%n", slowest.toMillis());
        assertThat(slowest).isLessThan(LONGEST);
    }

    private static boolean allQuick(List<Signed> sessions) {
        return sessions.stream()
                .allMatch(session ->
                        timed(() -> assertThat(session.status()).isEqualTo(200)).compareTo(QUICK) < 0);
    }

    private static Answer changeName(TestClient client, String name) {
        return client.patch("/api/user/profile", "{\"name\":\"" + name + "\"}");
    }

    private static List<String> breakerLines(LogCapture log) {
        return ownLines(log).stream()
                .filter(line -> line.contains("redis breaker changed"))
                .toList();
    }

    /** All but those of requests. */
    private static List<String> ownLines(LogCapture log) {
        return log.lines().stream().filter(line -> !line.contains("\"reqId\"")).toList();
    }
}
