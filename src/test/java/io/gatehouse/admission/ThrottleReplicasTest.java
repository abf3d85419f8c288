package io.gatehouse.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.support.TestClient;
import io.gatehouse.support.TestClient.Answer;
import io.gatehouse.support.TestService;
import io.lettuce.core.api.sync.RedisCommands;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Limits over two replicas, and what is left of them when one cannot reach Redis. */
class ThrottleReplicasTest {

    private static final int LIMIT = 6;

    @Order(1)
    @RegisterExtension
    private static final TestService FIRST = new TestService()
            .with("TRUSTED_PROXIES", "127.0.0.1/32")
            .with("SHORT_THROTTLE_LIMIT", Integer.toString(LIMIT))
            .with("SHORT_THROTTLE_TTL", "60000");

    @Order(2)
    @RegisterExtension
    private static final TestService SECOND = new TestService().beside(FIRST);

    private static final AtomicInteger ADDRESSES = new AtomicInteger();

    /** What an earlier run has counted may still be there. */
    @BeforeAll
    static void forgetEarlierRuns() {
        FIRST.eachRedis(RedisCommands::flushall);
    }

    @Test
    void addressesCountOverReplicas() {
        String address = newAddress();
        for (int i = 0; i < LIMIT; i++) {
            TestService service = i % 2 == 0 ? FIRST : SECOND;
            assertThat(from(service, address).get("/api/session").header("X-RateLimit-Remaining-short"))
                    .isEqualTo(Integer.toString(LIMIT - 1 - i));
        }
        assertThat(from(FIRST, address).get("/api/session").status()).isEqualTo(429);
        assertThat(from(SECOND, address).get("/api/session").status()).isEqualTo(429);
    }

    @Test
    void sessionsCountOverReplicas() {
        String cookie = signIn("replicas@example.com");
        for (int i = 0; i < LIMIT; i++) {
            TestService service = i % 2 == 0 ? FIRST : SECOND;
            Answer answer = service.client().with("Cookie", cookie).get("/api/session");
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.header("X-RateLimit-Remaining-short")).isEqualTo(Integer.toString(LIMIT - 1 - i));
        }
        assertThat(FIRST.client().with("Cookie", cookie).get("/api/session").status())
                .isEqualTo(429);
        assertThat(SECOND.client().with("Cookie", cookie).get("/api/session").status())
                .isEqualTo(429);
    }

    @Test
    void withoutRedisEachProcessGoesOnByItself() {
        String address = newAddress();
        String mine = signIn("cut@example.com");
        String other = signIn("cut-too@example.com");
        FIRST.redisCable().pull();
        try {
            for (int i = 0; i < LIMIT; i++) {
                assertThat(from(FIRST, address).get("/api/session").status()).isEqualTo(401);
                assertThat(FIRST.client()
                                .with("Cookie", mine)
                                .get("/api/session")
                                .status())
                        .isEqualTo(200);
            }
            Answer refused = from(FIRST, address).get("/api/session");
            assertThat(refused.code()).isEqualTo(42900);
            assertThat(Integer.parseInt(refused.header("Retry-After"))).isBetween(1, 60);
            assertThat(refused.header("Retry-After-short")).isEqualTo(refused.header("Retry-After"));
            assertThat(FIRST.client().with("Cookie", mine).get("/api/session").status())
                    .isEqualTo(429);
            assertThat(FIRST.client().with("Cookie", other).get("/api/session").status())
                    .isEqualTo(200);
            assertThat(from(SECOND, address).get("/api/session").status()).isEqualTo(401);
        } finally {
            FIRST.redisCable().plug();
            assertThat(countsTogetherAgain()).isTrue();
        }
    }

    /**
     * Within the five seconds that the contract gives it, and one for a slow machine. So often in a row that every node
     * of a cluster is asked: their connections come back one by one.
     */
    private static boolean countsTogetherAgain() {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(6);
        int inARow = 0;
        while (inARow < 20 && System.nanoTime() < end) {
            inARow = countsTogether() ? inARow + 1 : 0;
        }
        return inARow == 20;
    }

    private static boolean countsTogether() {
        String address = newAddress();
        from(SECOND, address).get("/api/session");
        return from(FIRST, address)
                .get("/api/session")
                .header("X-RateLimit-Remaining-short")
                .equals(Integer.toString(LIMIT - 2));
    }

    private static String signIn(String email) {
        TestClient client = from(FIRST, newAddress());
        client.register(email);
        return client.login(email).cookie();
    }

    private static TestClient from(TestService service, String address) {
        return service.client().with("X-Forwarded-For", address);
    }

    private static String newAddress() {
        int number = ADDRESSES.incrementAndGet();
        return "10." + (number >> 16 & 255) + "." + (number >> 8 & 255) + "." + (number & 255);
    }
}
