package io.gatehouse.user;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.support.TestClient;
import io.gatehouse.support.TestClient.Answer;
import io.gatehouse.support.TestService;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Limits of guesses over two replicas, and what is left of them when one cannot reach Redis. */
class SignInReplicasTest {

    private static final int LIMIT = 10;
    private static final String WRONG = "not the password";

    @Order(1)
    @RegisterExtension
    private static final TestService FIRST = new TestService()
            .with("TRUSTED_PROXIES", "127.0.0.1/32")
            .with("LOGIN_THROTTLE_LIMIT", Integer.toString(LIMIT))
            .with("LOGIN_ADDRESS_THROTTLE_LIMIT", "15");

    @Order(2)
    @RegisterExtension
    private static final TestService SECOND = new TestService().beside(FIRST);

    /** What an earlier run has counted may still be there. */
    @BeforeAll
    static void forgetEarlierRuns() {
        FIRST.eachRedis(RedisCommands::flushall);
    }

    @Test
    void replicasTryNoMoreTogetherThanOneAlone() {
        from(FIRST, "192.0.2.1").register("both@example.com");
        String body = "{\"email\":\"both@example.com\",\"password\":\"" + WRONG + "\"}";

        List<Integer> statuses = IntStream.range(0, 64)
                .mapToObj(i ->
                        from(i % 2 == 0 ? FIRST : SECOND, "198.51.100." + i).postAsync("/api/user/login", body))
                .toList()
                .stream()
                .map(CompletableFuture::join)
                .map(Answer::status)
                .toList();

        assertThat(statuses).containsOnly(401, 429);
        assertThat(statuses.stream().filter(status -> status == 401)).hasSize(LIMIT);
    }

    @Test
    void addressesCountOverReplicasToo() {
        for (int i = 0; i < 15; i++) {
            TestService service = i % 2 == 0 ? FIRST : SECOND;
            assertThat(from(service, "192.0.2.2")
                            .login("many" + i + "@example.com", WRONG)
                            .status())
                    .isEqualTo(401);
        }
        assertThat(from(FIRST, "192.0.2.2").login("one-more@example.com", WRONG).status())
                .isEqualTo(429);
        assertThat(from(SECOND, "192.0.2.2")
                        .login("one-more@example.com", WRONG)
                        .status())
                .isEqualTo(429);
    }

    @Test
    void successOnOneForgetsTheFailuresOnTheOther() {
        from(FIRST, "192.0.2.3").register("shared@example.com");
        fail(FIRST, "192.0.2.3", "shared@example.com", LIMIT - 1);

        assertThat(from(SECOND, "192.0.2.3").login("shared@example.com").status())
                .isEqualTo(200);

        fail(FIRST, "192.0.2.4", "shared@example.com", LIMIT - 1);
        assertThat(from(FIRST, "192.0.2.4").login("shared@example.com").status())
                .isEqualTo(200);
    }

    @Test
    void withoutRedisEachProcessGoesOnByItself() throws InterruptedException {
        from(FIRST, "192.0.2.5").register("cut@example.com");
        String device =
                from(FIRST, "192.0.2.5").login("cut@example.com").response().headers().allValues("Set-Cookie").stream()
                        .filter(cookie -> cookie.startsWith("device="))
                        .findFirst()
                        .orElseThrow()
                        .split(";", 2)[0];
        FIRST.redisCable().pull();
        try {
            fail(FIRST, "192.0.2.6", "cut@example.com", LIMIT - 1);
            assertThat(from(FIRST, "192.0.2.6").login("cut@example.com").status())
                    .isEqualTo(200);
            fail(FIRST, "192.0.2.7", "cut@example.com", LIMIT);

            Answer refused = from(FIRST, "192.0.2.7").login("cut@example.com");
            assertThat(refused.code()).isEqualTo(42900);
            assertThat(Integer.parseInt(refused.header("Retry-After"))).isBetween(800, 900);
            assertThat(from(FIRST, "192.0.2.7")
                            .with("Cookie", device)
                            .login("cut@example.com")
                            .status())
                    .isEqualTo(200);
            assertThat(from(SECOND, "192.0.2.7").login("cut@example.com", WRONG).status())
                    .isEqualTo(401);

            FIRST.clock().move(Duration.ofMinutes(15));
            assertThat(from(FIRST, "192.0.2.7").login("cut@example.com").status())
                    .isEqualTo(200);
        } finally {
            FIRST.redisCable().plug();
            awaitRedis();
        }
    }

    private static void fail(TestService service, String address, String email, int times) {
        for (int i = 0; i < times; i++) {
            assertThat(from(service, address).login(email, WRONG).status()).isEqualTo(401);
        }
    }

    /** The other tests count in Redis. */
    private static void awaitRedis() throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(6);
        while (!breakerIsClosed() && System.nanoTime() < end) {
            TimeUnit.MILLISECONDS.sleep(50);
        }
        assertThat(breakerIsClosed()).isTrue();
    }

    private static boolean breakerIsClosed() {
        return FIRST.operator().get("/metrics").response().body().contains("gatehouse_redis_breaker_open 0");
    }

    private static TestClient from(TestService service, String address) {
        return service.client().with("X-Forwarded-For", address);
    }
}
