package io.gatehouse.session;

import static io.gatehouse.support.Await.timed;
import static io.gatehouse.support.Await.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.support.TestClient;
import io.gatehouse.support.TestClient.Answer;
import io.gatehouse.support.TestService;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** PostgreSQL out of reach: refused at once, or silent. */
class DatabaseAwayTest {

    private static final Duration RECOVERY = Duration.ofSeconds(5);

    /** {@code POSTGRE_TIMEOUT_MS} and a busy machine. */
    private static final Duration LONGEST = Duration.ofMillis(2000 + 700);

    /** Who takes longer has waited for the database. */
    private static final Duration QUICK = Duration.ofMillis(250);

    private static final int CROWD = 60;

    @RegisterExtension
    private static final TestService SERVICE = new TestService().withOwnRedis();

    enum Fault {
        PULLED,
        SILENT;

        void strike() {
            switch (this) {
                case PULLED -> SERVICE.postgresCable().pull();
                case SILENT -> SERVICE.postgresCable().silence();
            }
        }
    }

    @AfterEach
    void plug() {
        SERVICE.postgresCable().plug();
        assertThat(until(
                        RECOVERY,
                        () -> SERVICE.client().login("any@example.com").status() == 401))
                .isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void knownSessionsAreAnsweredFromRedis(Fault fault) {
        TestClient client = known(fault, "known");
        fault.strike();

        for (int i = 0; i < 20; i++) {
            assertThat(timed(() ->
                            assertThat(client.get("/api/session").status()).isEqualTo(200)))
                    .isLessThan(QUICK);
            assertThat(timed(() -> assertThat(
                                    client.get("/api/authz/auth-request").status())
                            .isEqualTo(200)))
                    .isLessThan(QUICK);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatNeedsTheDatabaseIs503InTime(Fault fault) {
        TestClient client = known(fault, "needs");
        fault.strike();

        List<Request> requests = List.of(
                () -> SERVICE.client().login(email(fault, "needs")),
                () -> SERVICE.client().register(email(fault, "new")),
                () -> client.get("/api/user/profile"),
                () -> client.get("/api/sessions"),
                () -> client.call("POST", "/api/user/logout"));
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            requests.stream()
                    .map(it -> CompletableFuture.runAsync(() -> assertUnavailable(it), executor))
                    .toList()
                    .forEach(CompletableFuture::join);
        }
        assertThat(client.get("/api/session").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @EnumSource
    void aSessionThatRedisDoesNotKnowIs503(Fault fault) {
        TestClient client = known(fault, "unknown");
        SERVICE.eachRedis(RedisCommands::flushall);
        fault.strike();

        assertUnavailable(() -> client.get("/api/session"));
        assertUnavailable(() -> client.get("/api/authz/auth-request"));
        assertThat(SERVICE.client().get("/api/session").code()).isEqualTo(40100);
    }

    @ParameterizedTest
    @EnumSource
    void aCrowdThatNeedsTheDatabaseIs503InTime(Fault fault) {
        TestClient client = known(fault, "crowd");
        List<TestClient> unknown = BulkSessions.insert(SERVICE, CROWD).stream()
                .map(cookie -> SERVICE.client().with("Cookie", cookie))
                .toList();
        fault.strike();

        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            var crowd = unknown.stream()
                    .map(it ->
                            CompletableFuture.runAsync(() -> assertUnavailable(() -> it.get("/api/session")), executor))
                    .toList();
            for (int i = 0; i < 10; i++) {
                assertThat(client.get("/api/session").status()).isEqualTo(200);
            }
            crowd.forEach(CompletableFuture::join);
        }
    }

    @ParameterizedTest
    @EnumSource
    void allWorksAgainByItself(Fault fault) {
        TestClient known = known(fault, "again");
        TestClient unknown = SERVICE.client().signedIn(email(fault, "unknown-again"));
        fault.strike();
        assertUnavailable(() -> unknown.get("/api/session"));

        SERVICE.postgresCable().plug();
        assertThat(until(
                        RECOVERY,
                        () -> succeeds(() -> unknown.get("/api/session"))
                                && succeeds(() -> known.get("/api/user/profile"))
                                && succeeds(() -> SERVICE.client().login(email(fault, "again")))))
                .isTrue();
        for (int i = 0; i < 20; i++) {
            assertThat(known.get("/api/user/profile").status()).isEqualTo(200);
        }
    }

    private interface Request {
        Answer send();
    }

    private static boolean succeeds(Request request) {
        int status = request.send().status();
        assertThat(status).isIn(200, 503);
        return status == 200;
    }

    private static void assertUnavailable(Request request) {
        assertThat(timed(() -> {
                    Answer answer = request.send();
                    assertThat(answer.code()).isEqualTo(50300);
                    assertThat(answer.header("Retry-After")).isEqualTo("1");
                    assertThat(answer.header("Set-Cookie")).isEmpty();
                }))
                .isLessThan(LONGEST);
    }

    /** Signed in, and its session used once: Redis has a copy. */
    private static TestClient known(Fault fault, String name) {
        TestClient client = SERVICE.client().signedIn(email(fault, name));
        assertThat(client.get("/api/session").status()).isEqualTo(200);
        return client;
    }

    private static String email(Fault fault, String name) {
        return name + "-" + fault + "@example.com";
    }
}
