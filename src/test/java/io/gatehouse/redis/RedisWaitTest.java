package io.gatehouse.redis;

import static io.gatehouse.support.Await.timed;
import static io.gatehouse.support.Await.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.support.BreakerMetrics;
import io.gatehouse.support.TestClient;
import io.gatehouse.support.TestClient.Answer;
import io.gatehouse.support.TestService;
import java.time.Duration;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A request that needs Redis several times waits for it no longer than one that needs it once, also while the breaker
 * does not know yet that Redis is silent or slow.
 */
class RedisWaitTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(1);

    /** Less than twice the time limit: the rest is for the database, a hash and a busy machine. */
    private static final Duration LONGEST = TIMEOUT.plusMillis(800);

    /** More than half of the limit: two such replies are more than a request may wait for. */
    private static final Duration SLOW = Duration.ofMillis(600);

    private static final Duration RECOVERY = Duration.ofSeconds(10);

    /** So many good calls fill the breaker's window: a few bad ones do not open it. */
    private static final int ENOUGH = 20;

    private static final String NEXT_PASSWORD = "another horse, another battery";

    @RegisterExtension
    private static final TestService SERVICE =
            new TestService().withOwnRedis().with("REDIS_TIMEOUT_MS", Long.toString(TIMEOUT.toMillis()));

    @AfterEach
    void plug() {
        SERVICE.redisCable().plug();
        assertThat(until(RECOVERY, () -> closed() && redisAnswers())).isTrue();
    }

    @Test
    void aLiveSession() {
        TestClient client = signedIn("live@example.com");
        assertThat(whileSilent(() -> client.get("/api/session")).status()).isEqualTo(200);
    }

    @Test
    void anEndedSession() {
        TestClient client = signedIn("ended@example.com");
        client.call("POST", "/api/user/logout");
        warmUp();
        assertThat(whileSilent(() -> client.get("/api/session")).code()).isEqualTo(40102);
    }

    @Test
    void anEndedSessionAtAProxy() {
        TestClient client = signedIn("proxy@example.com");
        client.call("POST", "/api/user/logout");
        warmUp();
        assertThat(whileSilent(() -> client.get("/api/authz/auth-request")).code())
                .isEqualTo(40102);
    }

    @Test
    void aLogout() {
        TestClient client = signedIn("logout@example.com");
        assertThat(whileSilent(() -> client.call("POST", "/api/user/logout")).status())
                .isEqualTo(200);
        SERVICE.redisCable().plug();
        assertThat(until(RECOVERY, RedisWaitTest::closed)).isTrue();
        assertThat(client.get("/api/session").code()).isEqualTo(40102);
    }

    @Test
    void theEndOfManySessions() {
        TestClient client = signedIn("many@example.com");
        IntStream.range(0, 9).forEach(i -> SERVICE.client().login("many@example.com"));
        assertThat(whileSilent(() -> client.call("DELETE", "/api/sessions"))
                        .data()
                        .path("ended")
                        .intValue())
                .isEqualTo(10);
    }

    @Test
    void aSignIn() {
        signedIn("sign-in@example.com");
        assertThat(whileSilent(() -> SERVICE.client().login("sign-in@example.com"))
                        .status())
                .isEqualTo(200);
    }

    @Test
    void aSignInInPlaceOfAnotherSession() {
        TestClient client = signedIn("in-place@example.com");
        assertThat(whileSilent(() -> client.login("in-place@example.com")).status())
                .isEqualTo(200);
    }

    @Test
    void aSignInWithAWrongPassword() {
        signedIn("wrong@example.com");
        assertThat(whileSilent(() -> SERVICE.client().login("wrong@example.com", "not the password"))
                        .code())
                .isEqualTo(40101);
    }

    @Test
    void aChangeOfThePassword() {
        TestClient client = signedIn("password@example.com");
        assertThat(whileSilent(() -> changePassword(client)).status()).isEqualTo(200);
    }

    @Test
    void aRedisWhoseEveryReplyComesLateButInTime() {
        TestClient client = signedIn("slow@example.com");
        SERVICE.redisCable().slow(SLOW);
        assertThat(inTime(() -> client.get("/api/session")).status()).isEqualTo(200);
        assertThat(inTime(() -> client.login("slow@example.com")).status()).isEqualTo(200);
        assertThat(inTime(() -> client.get("/api/session")).code()).isEqualTo(40102);
    }

    private static Answer whileSilent(Supplier<Answer> request) {
        assertThat(closed()).isTrue();
        SERVICE.redisCable().silence();
        return inTime(request);
    }

    private static Answer inTime(Supplier<Answer> request) {
        Answer[] answer = new Answer[1];
        Duration took = timed(() -> answer[0] = request.get());
        System.out.printf("waited for Redis: %d ms%n", took.toMillis());
        assertThat(took).isLessThan(LONGEST);
        return answer[0];
    }

    /** A new account's client, whose copy is in Redis, while the breaker has seen nothing but good calls. */
    private static TestClient signedIn(String email) {
        TestClient client = SERVICE.client().signedIn(email);
        SERVICE.client().login(email);
        client.get("/api/session");
        warmUp();
        return client;
    }

    private static void warmUp() {
        IntStream.range(0, ENOUGH).forEach(i -> SERVICE.client().get("/api/session"));
    }

    private static Answer changePassword(TestClient client) {
        return client.put(
                "/api/user/password",
                "{\"current\":\"" + TestClient.PASSWORD + "\",\"password\":\"" + NEXT_PASSWORD + "\"}");
    }

    private static boolean closed() {
        return BreakerMetrics.closed(SERVICE);
    }

    private static boolean redisAnswers() {
        return timed(() -> SERVICE.client().get("/api/session")).compareTo(TIMEOUT.dividedBy(2)) < 0;
    }
}
