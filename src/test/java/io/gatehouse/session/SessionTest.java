package io.gatehouse.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.redis.RedisBreaker;
import io.gatehouse.redis.RedisConnection;
import io.gatehouse.support.TestClient;
import io.gatehouse.support.TestClient.Answer;
import io.gatehouse.support.TestService;
import io.gatehouse.throttle.Limits;
import io.lettuce.core.api.sync.RedisCommands;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class SessionTest {

    @RegisterExtension
    private static final TestService SERVICE = new TestService();

    @Test
    void sessionTellsWhoCalls() {
        TestClient client = SERVICE.client().signedIn("who@example.com");

        Answer answer = client.get("/api/session");

        assertThat(answer.data().propertyNames()).containsExactly("id", "user", "createdAt", "lastSeenAt", "expiresAt");
        assertThat(answer.data().path("user").propertyNames()).containsExactly("id", "name", "email", "roles");
        assertThat(answer.data().path("user").path("email").stringValue()).isEqualTo("who@example.com");
    }

    @Test
    void whileRedisKnowsTheSessionNoDatabaseIsAsked() {
        TestClient client = SERVICE.client().signedIn("fast@example.com");
        client.get("/api/session");

        SERVICE.postgresCable().pull();
        try {
            assertThat(client.get("/api/session").status()).isEqualTo(200);
            assertThat(client.get("/api/user/profile").code()).isEqualTo(50300);
        } finally {
            SERVICE.plugPostgres();
        }
    }

    @Test
    void flushedRedisSignsNobodyOut() {
        TestClient client = SERVICE.client().signedIn("flushed@example.com");
        client.get("/api/session");

        SERVICE.eachRedis(RedisCommands::flushall);

        assertThat(client.get("/api/session").status()).isEqualTo(200);
    }

    @Test
    void redisAwaySignsNobodyOut() {
        TestClient client = SERVICE.client().signedIn("away@example.com");

        SERVICE.redisCable().pull();
        try {
            assertThat(client.get("/api/session").status()).isEqualTo(200);
            assertThat(SERVICE.client().login("away@example.com").status()).isEqualTo(200);
        } finally {
            SERVICE.redisCable().plug();
        }
        assertThat(client.get("/api/session").status()).isEqualTo(200);
    }

    @Test
    void whatCannotBeDecidedIs503AndKeepsTheCookie() {
        TestClient client = SERVICE.client().signedIn("undecided@example.com");
        SERVICE.eachRedis(RedisCommands::flushall);

        SERVICE.postgresCable().pull();
        try {
            Answer answer = client.get("/api/session");
            assertThat(answer.code()).isEqualTo(50300);
            assertThat(answer.header("Retry-After")).isEqualTo("1");
            assertThat(answer.header("Set-Cookie")).isEmpty();
        } finally {
            SERVICE.plugPostgres();
        }
    }

    @Test
    void logoutEndsTheSessionAtOnceAndClearsTheCookie() {
        TestClient client = SERVICE.client().signedIn("logout@example.com");
        client.get("/api/session");

        Answer answer = client.call("POST", "/api/user/logout");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.data().isNull()).isTrue();
        assertThat(answer.header("Set-Cookie"))
                .isEqualTo("session=; Max-Age=0; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly;"
                        + " SameSite=Strict");
        assertThat(client.get("/api/session").code()).isEqualTo(40102);
        SERVICE.eachRedis(RedisCommands::flushall);
        assertThat(client.get("/api/session").code()).isEqualTo(40102);
        assertThat(SERVICE.query("select end_reason from sessions s join users u on u.id = s.user_id"
                        + " where u.email = 'logout@example.com'"))
                .isEqualTo("logout");
    }

    @Test
    void aLateRefillDoesNotBringAnEndedSessionBack() {
        try (RedisConnection redis =
                RedisConnection.open(SERVICE.settings().redis(), new RedisBreaker(new SimpleMeterRegistry()))) {
            SessionTimes times = new SessionTimes(Duration.ofMinutes(1), Duration.ofHours(1), Duration.ofDays(1));
            SessionCopies copies = new SessionCopies(redis, "late:", times, SERVICE.clock());
            byte[] hash = SessionToken.random(new SecureRandom()).hash();
            Instant now = SERVICE.clock().instant();
            Session.User user = new Session.User(2, "Ada", "a@b.c", List.of("user"));
            Session read = new Session(1, user, now, now, now.plusSeconds(600));

            String late = ((SessionCopies.Look.Miss) copies.look(hash, "r", Limits.NONE)).lease();
            copies.forget(List.of(SessionCopies.slot(hash)));
            copies.fill(hash, late, read, now, "r", Limits.NONE);

            SessionCopies.Look afterwards = copies.look(hash, "r", Limits.NONE);
            assertThat(afterwards).isInstanceOf(SessionCopies.Look.Miss.class);
            copies.fill(hash, ((SessionCopies.Look.Miss) afterwards).lease(), read, now, "r", Limits.NONE);
            assertThat(copies.look(hash, "r", Limits.NONE)).isInstanceOf(SessionCopies.Look.Live.class);
        }
    }

    @Test
    void logoutWithoutRedisHoldsWhenRedisIsBackWithItsOldCopy() {
        TestClient client = SERVICE.client().signedIn("half@example.com");
        client.get("/api/session");

        SERVICE.redisCable().pull();
        try {
            assertThat(client.call("POST", "/api/user/logout").status()).isEqualTo(200);
            assertThat(client.get("/api/session").code()).isEqualTo(40102);
        } finally {
            SERVICE.redisCable().plug();
        }

        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(3);
        while (System.nanoTime() < end) {
            assertThat(client.get("/api/session").code()).isEqualTo(40102);
        }
    }

    @Test
    void copyOfAnotherVersionIsReadAnew() {
        TestClient client = SERVICE.client().signedIn("version@example.com");
        client.get("/api/session");
        SERVICE.eachRedis(commands -> commands.keys("*:s:{*").forEach(key -> commands.hset(key, "v", "99")));

        assertThat(client.get("/api/session").status()).isEqualTo(200);
        assertThat(client.get("/api/session").status()).isEqualTo(200);
    }

    @Test
    void tokensAreNowhereToBeFound() {
        SERVICE.client().register("hidden@example.com");
        String cookie = SERVICE.client().login("hidden@example.com").cookie();
        SERVICE.client().with("Cookie", cookie).get("/api/session");
        String token = cookie.substring("session=".length(), cookie.indexOf('.'));

        assertThat(SERVICE.query("select string_agg(sessions::text, ',') from sessions"))
                .doesNotContain(token);
        StringBuilder everything = new StringBuilder();
        SERVICE.eachRedis(commands -> {
            commands.keys("*").forEach(everything::append);
            commands.keys("*:s:{*").forEach(key -> everything.append(commands.hgetall(key)));
        });
        assertThat(everything).contains("hidden@example.com").doesNotContain(token);
    }

    @Test
    void aCommaInACookieBeginsNoOtherCookie() {
        SERVICE.client().register("comma@example.com");
        String cookie = SERVICE.client().login("comma@example.com").cookie();

        assertThat(SERVICE.client()
                        .with("Cookie", "x=1," + cookie)
                        .get("/api/session")
                        .code())
                .isEqualTo(40100);
        assertThat(SERVICE.client()
                        .with("Cookie", "x=1,2; " + cookie)
                        .get("/api/session")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void logoutByBearerLeavesTheCookieAlone() {
        SERVICE.client().register("bearer-logout@example.com");
        String cookie = SERVICE.client().login("bearer-logout@example.com").cookie();
        String token = java.net.URLDecoder.decode(
                cookie.substring("session=".length()), java.nio.charset.StandardCharsets.UTF_8);

        Answer answer =
                SERVICE.client().with("Authorization", "Bearer " + token).call("POST", "/api/user/logout");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Set-Cookie")).isEmpty();
        assertThat(SERVICE.client().with("Cookie", cookie).get("/api/session").code())
                .isEqualTo(40102);
    }

    @Test
    void madeUpAndForeignTokensAreNoSession() {
        for (String cookie : new String[] {"session=abc", "session=", "session=gh_x.y", "other=1"}) {
            assertThat(SERVICE.client()
                            .with("Cookie", cookie)
                            .get("/api/session")
                            .code())
                    .as(cookie)
                    .isEqualTo(40100);
        }
    }
}
