package io.gatehouse.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.support.TestClient;
import io.gatehouse.support.TestClient.Answer;
import io.gatehouse.support.TestService;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
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
        TestClient client = SERVICE.client().signedIn("late@example.com");
        client.call("POST", "/api/user/logout");

        // What a refill that read PostgreSQL before the logout would store now.
        assertThat(client.get("/api/session").code()).isEqualTo(40102);
        SERVICE.execute("update sessions set ended_at = null, end_reason = null");
        assertThat(client.get("/api/session").code()).isEqualTo(40102);
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
    void idleSessionsEndAndUsedOnesGoOn() {
        TestClient used = SERVICE.client().signedIn("used@example.com");
        TestClient idle = SERVICE.client().signedIn("idle@example.com");

        SERVICE.clock().move(Duration.ofHours(20));
        assertThat(used.get("/api/session").status()).isEqualTo(200);
        awaitWriteBack("used@example.com");
        redis(commands -> commands.flushall());
        SERVICE.clock().move(Duration.ofHours(20));

        assertThat(used.get("/api/session").status()).isEqualTo(200);
        assertThat(idle.get("/api/session").code()).isEqualTo(40102);
    }

    @Test
    void noSessionOutlivesItsAbsoluteLimit() {
        TestClient client = SERVICE.client().signedIn("old@example.com");
        client.get("/api/session");

        SERVICE.clock().move(Duration.ofDays(30).plusSeconds(1));

        assertThat(client.get("/api/session").code()).isEqualTo(40102);
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

    /** The job runs every five seconds. */
    private static void awaitWriteBack(String email) {
        String sql = "select extract(epoch from last_seen_at - s.created_at)::int from sessions s"
                + " join users u on u.id = s.user_id where u.email = '" + email + "'";
        long deadline = System.nanoTime() + Duration.ofSeconds(15).toNanos();
        while (Integer.parseInt(SERVICE.query(sql)) < 3600 && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
        assertThat(Integer.parseInt(SERVICE.query(sql))).isGreaterThan(3600);
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
