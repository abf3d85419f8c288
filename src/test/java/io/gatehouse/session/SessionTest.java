package io.gatehouse.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.redis.RedisConnection;
import io.gatehouse.support.TestClient;
import io.gatehouse.support.TestClient.Answer;
import io.gatehouse.support.TestService;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.sync.RedisCommands;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Function;
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

        redis(commands -> commands.flushall());

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
        redis(commands -> commands.flushall());

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
        redis(commands -> commands.flushall());
        assertThat(client.get("/api/session").code()).isEqualTo(40102);
        assertThat(SERVICE.query("select end_reason from sessions s join users u on u.id = s.user_id"
                        + " where u.email = 'logout@example.com'"))
                .isEqualTo("logout");
    }

    @Test
    void aLateRefillDoesNotBringAnEndedSessionBack() {
        try (RedisConnection redis = RedisConnection.open(SERVICE.settings().redis())) {
            SessionCopies copies = new SessionCopies(redis, "late:", Duration.ofMinutes(1), SERVICE.clock());
            byte[] hash = SessionToken.random(new SecureRandom()).hash();
            Instant now = SERVICE.clock().instant();
            Session read = new Session(1, new Session.User(2, "Ada", "a@b.c"), now, now, now.plusSeconds(600));
            copies.fill(hash, read);
            assertThat(copies.find(hash)).isInstanceOf(SessionCopies.Found.Live.class);

            copies.end(hash);
            copies.fill(hash, read);

            assertThat(copies.find(hash)).isInstanceOf(SessionCopies.Found.Ended.class);
        }
    }

    @Test
    void logoutThatCannotReachRedisIsNotCalledDone() {
        TestClient client = SERVICE.client().signedIn("half@example.com");
        client.get("/api/session");

        SERVICE.redisCable().pull();
        Answer answer;
        try {
            answer = client.call("POST", "/api/user/logout");
        } finally {
            SERVICE.redisCable().plug();
        }

        assertThat(answer.code()).isEqualTo(50300);
        assertThat(answer.header("Set-Cookie")).isEmpty();
    }

    @Test
    void copyOfAnotherVersionIsReadAnew() {
        TestClient client = SERVICE.client().signedIn("version@example.com");
        client.get("/api/session");
        redis(commands -> {
            commands.keys("*s:{*").forEach(key -> commands.hset(key, "v", "99"));
            return true;
        });

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
        String everything = redis(commands -> {
            StringBuilder all = new StringBuilder();
            commands.keys("*").forEach(key -> all.append(key).append(commands.hgetall(key)));
            return all.toString();
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

    private static <T> T redis(Function<RedisCommands<String, String>, T> work) {
        RedisURI uri = RedisURI.builder()
                .withHost("127.0.0.1")
                .withPort(SERVICE.redis().port())
                .withPassword(SERVICE.redis().password().toCharArray())
                .withDatabase(10)
                .build();
        try (RedisClient client = RedisClient.create(uri);
                var connection = client.connect()) {
            return work.apply(connection.sync());
        }
    }
}
