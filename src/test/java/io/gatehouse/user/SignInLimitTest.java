package io.gatehouse.user;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.support.TestClient;
import io.gatehouse.support.TestClient.Answer;
import io.gatehouse.support.TestService;
import io.lettuce.core.api.sync.RedisCommands;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How often passwords may be guessed. */
class SignInLimitTest {

    private static final int LIMIT = 10;
    private static final int ADDRESS_LIMIT = 25;
    private static final String WRONG = "not the password";

    @RegisterExtension
    private static final TestService SERVICE = new TestService()
            .with("TRUSTED_PROXIES", "127.0.0.1/32")
            // A process that gives Redis up for a moment would go on counting by itself.
            .with("REDIS_TIMEOUT_MS", "5000")
            .with("LOGIN_THROTTLE_LIMIT", Integer.toString(LIMIT))
            .with("LOGIN_ADDRESS_THROTTLE_LIMIT", Integer.toString(ADDRESS_LIMIT));

    @RegisterExtension
    private static final TestService BRIEF =
            new TestService().with("LOGIN_THROTTLE_LIMIT", "2").with("LOGIN_THROTTLE_TTL", "1000");

    /** What an earlier run has counted may still be there. */
    @BeforeAll
    static void forgetEarlierRuns() {
        SERVICE.eachRedis(RedisCommands::flushall);
    }

    @ParameterizedTest
    @ValueSource(strings = {"parallel-known@example.com", "parallel-unknown@example.com"})
    void ofGuessesAtTheSameTimeOnlyTheLimitIsTried(String email) {
        if (email.contains("-known")) {
            from("192.0.2.1").register(email);
        }
        String body = "{\"email\":\"" + email + "\",\"password\":\"" + WRONG + "\"}";

        List<Answer> answers = IntStream.range(0, 64)
                .mapToObj(i -> from("198.51.100." + i).postAsync("/api/user/login", body))
                .toList()
                .stream()
                .map(CompletableFuture::join)
                .toList();

        assertThat(answers.stream().filter(answer -> answer.code() == 40101)).hasSize(LIMIT);
        List<Answer> refused =
                answers.stream().filter(answer -> answer.code() == 42900).toList();
        assertThat(refused).hasSize(64 - LIMIT);
        assertThat(refused).allSatisfy(answer -> {
            assertThat(answer.status()).isEqualTo(429);
            assertThat(Integer.parseInt(answer.header("Retry-After"))).isBetween(800, 900);
        });
    }

    @Test
    void knownAndUnknownAccountsAreRefusedAlike() {
        from("192.0.2.2").register("there@example.com");
        lockOut("there@example.com", "192.0.2.2");
        lockOut("not-there@example.com", "192.0.2.3");

        Answer known = from("192.0.2.2").login("there@example.com", WRONG);
        Answer unknown = from("192.0.2.3").login("not-there@example.com", WRONG);

        assertThat(known.code()).isEqualTo(42900);
        assertThat(withoutLogId(unknown)).isEqualTo(withoutLogId(known));
        assertThat(unknown.response().headers().map().keySet())
                .isEqualTo(known.response().headers().map().keySet());
    }

    @Test
    void pastTheLimitTheRightPasswordIsRefusedAsWell() {
        from("192.0.2.4").register("locked@example.com");
        lockOut("locked@example.com", "192.0.2.4");

        Answer right = from("192.0.2.5").login("locked@example.com");

        assertThat(right.code()).isEqualTo(42900);
        assertThat(right.header("Set-Cookie")).isEmpty();
        assertThat(withoutLogId(right)).isEqualTo(withoutLogId(from("192.0.2.5").login("locked@example.com", WRONG)));
    }

    @Test
    void failuresFromManyAddressesCountTogether() {
        from("192.0.2.6").register("spread@example.com");
        for (int i = 0; i < LIMIT; i++) {
            assertThat(from("203.0.113." + i).login("spread@example.com", WRONG).status())
                    .isEqualTo(401);
        }
        assertThat(from("203.0.113.99").login("spread@example.com").status()).isEqualTo(429);
    }

    @Test
    void spellingsOfAnAddressCountTogether() {
        from("192.0.2.7").register("spelled@example.com");
        List<String> spellings = List.of("spelled@example.com", "SPELLED@example.com", " spelled@Example.COM ");
        for (int i = 0; i < LIMIT; i++) {
            assertThat(from("192.0.2.7").login(spellings.get(i % 3), WRONG).status())
                    .isEqualTo(401);
        }
        for (String spelling : spellings) {
            assertThat(from("192.0.2.7").login(spelling).status()).isEqualTo(429);
        }
    }

    @Test
    void successForgetsTheFailuresOfTheAccount() {
        TestClient client = from("192.0.2.8");
        client.register("forgetful@example.com");
        for (int round = 0; round < 2; round++) {
            for (int i = 1; i < LIMIT; i++) {
                assertThat(client.login("forgetful@example.com", WRONG).status())
                        .isEqualTo(401);
            }
            assertThat(client.login("forgetful@example.com").status()).isEqualTo(200);
        }
    }

    @Test
    void successDoesNotForgetTheFailuresOfTheAddress() {
        TestClient client = from("192.0.2.9");
        client.register("own@example.com");
        for (int i = 0; i < ADDRESS_LIMIT; i++) {
            assertThat(client.login("victim" + i + "@example.com", WRONG).status())
                    .isEqualTo(401);
            if (i % 5 == 0) {
                assertThat(client.login("own@example.com").status()).isEqualTo(200);
            }
        }

        assertThat(client.login("victim-more@example.com", WRONG).status()).isEqualTo(429);
        assertThat(client.login("own@example.com").status()).isEqualTo(429);
        assertThat(from("192.0.2.10").login("own@example.com").status()).isEqualTo(200);
    }

    @Test
    void guessesThatTheAddressMayNotMakeCostTheAccountNothing() {
        TestClient client = from("192.0.2.11");
        client.register("bystander@example.com");
        for (int i = 0; i < ADDRESS_LIMIT; i++) {
            client.login("somebody" + i + "@example.com", WRONG);
        }
        for (int i = 0; i < 2 * LIMIT; i++) {
            assertThat(client.login("bystander@example.com", WRONG).status()).isEqualTo(429);
        }

        assertThat(from("192.0.2.12").login("bystander@example.com").status()).isEqualTo(200);
    }

    @Test
    void theRightPasswordOfABarredAccountIsNoFailure() {
        TestClient client = from("192.0.2.13");
        client.register("barred@example.com");
        SERVICE.execute("update users set status = 2 where email = 'barred@example.com'");
        for (int i = 0; i <= LIMIT; i++) {
            assertThat(client.login("barred@example.com").code()).isEqualTo(40302);
        }
        SERVICE.execute("update users set status = 1 where email = 'barred@example.com'");
        for (int i = 0; i <= LIMIT; i++) {
            assertThat(client.login("barred@example.com").code()).isEqualTo(40303);
        }
        SERVICE.execute("update users set status = 0 where email = 'barred@example.com'");

        assertThat(client.login("barred@example.com").status()).isEqualTo(200);
    }

    @Test
    void whatIsNoAttemptCountsAsNone() {
        TestClient client = from("192.0.2.14");
        client.register("clumsy@example.com");
        for (int i = 0; i <= LIMIT; i++) {
            assertThat(client.post("/api/user/login", "{\"email\":\"clumsy@example.com\"}")
                            .status())
                    .isEqualTo(422);
        }
        assertThat(client.login("clumsy@example.com").status()).isEqualTo(200);
    }

    @Test
    void failuresAreForgottenAfterTheirPeriodEvenIfSomebodyKeepsTrying() throws InterruptedException {
        TestClient client = BRIEF.client();
        client.register("waiting@example.com");
        long refused = 0;
        int status = client.login("waiting@example.com", WRONG).status();
        for (int i = 0; status == 401 && i < 10; i++) {
            status = client.login("waiting@example.com", WRONG).status();
        }
        assertThat(status).isEqualTo(429);

        while (status == 429 && refused < 100) {
            TimeUnit.MILLISECONDS.sleep(50);
            status = client.login("waiting@example.com").status();
            refused++;
        }
        assertThat(status).isEqualTo(200);
    }

    private static void lockOut(String email, String address) {
        for (int i = 0; i < LIMIT; i++) {
            assertThat(from(address).login(email, WRONG).status()).isEqualTo(401);
        }
    }

    private static String withoutLogId(Answer answer) {
        return answer.response().body().replace(answer.header("x-log-id"), "");
    }

    private static TestClient from(String address) {
        return SERVICE.client().with("X-Forwarded-For", address);
    }
}
