package io.gatehouse.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.gatehouse.support.TestClient;
import io.gatehouse.support.TestClient.Answer;
import io.gatehouse.support.TestService;
import io.lettuce.core.api.sync.RedisCommands;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What clients see of the two tiers: the headers of @nestjs/throttler 6.5.0 and those of the draft standard. */
class ThrottleHttpTest {

    /** The short tier blocks first, and nothing ends within a test. */
    @RegisterExtension
    private static final TestService SERVICE = service(3, 60_000, 5, 120_000);

    /** The default tier blocks first. */
    @RegisterExtension
    private static final TestService PATIENT = service(100, 60_000, 4, 120_000);

    /** Blocks end within a test. */
    @RegisterExtension
    private static final TestService BRIEF = service(3, 1000, 60, 600_000);

    private static TestService service(int shortLimit, int shortTtl, int limit, int ttl) {
        return new TestService()
                .with("TRUSTED_PROXIES", "127.0.0.1/32")
                .with("SHORT_THROTTLE_LIMIT", Integer.toString(shortLimit))
                .with("SHORT_THROTTLE_TTL", Integer.toString(shortTtl))
                .with("THROTTLE_LIMIT", Integer.toString(limit))
                .with("THROTTLE_TTL", Integer.toString(ttl));
    }

    /** What an earlier run has counted may still be there. */
    @BeforeAll
    static void forgetEarlierRuns() {
        SERVICE.eachRedis(RedisCommands::flushall);
    }

    @Test
    void allowedRequestsTellBothTiersTheShortOneFirst() {
        Answer answer = from(SERVICE, "198.51.100.1").get("/api/session");

        assertThat(limitHeaders(answer))
                .containsOnly(
                        entry("x-ratelimit-limit-short", List.of("3")),
                        entry("x-ratelimit-remaining-short", List.of("2")),
                        entry("x-ratelimit-reset-short", List.of("60")),
                        entry("x-ratelimit-limit", List.of("5")),
                        entry("x-ratelimit-remaining", List.of("4")),
                        entry("x-ratelimit-reset", List.of("120")),
                        entry("ratelimit-policy", List.of("\"short\";q=3;w=60, \"default\";q=5;w=120")),
                        entry("ratelimit", List.of("\"short\";r=2;t=60, \"default\";r=4;t=120")));
    }

    @Test
    void remainingCountsDownAndTheRequestAfterTheLimitIsRefused() {
        TestClient client = from(SERVICE, "198.51.100.2");

        for (int left = 2; left >= 0; left--) {
            Answer answer = client.get("/api/session");
            assertThat(answer.code()).isEqualTo(40100);
            assertThat(answer.header("X-RateLimit-Remaining-short")).isEqualTo(Integer.toString(left));
            assertThat(answer.header("X-RateLimit-Remaining")).isEqualTo(Integer.toString(left + 2));
        }
        assertThat(client.get("/api/session").status()).isEqualTo(429);
    }

    @Test
    void aBlockedShortTierSaysRetryAfterTwiceAndNothingOfAnyTier() {
        TestClient client = from(SERVICE, "198.51.100.3");
        use(client, "/api/session", 3);

        Answer answer = client.get("/api/session");

        assertThat(answer.status()).isEqualTo(429);
        assertThat(answer.code()).isEqualTo(42900);
        assertThat(answer.body().propertyNames()).containsExactly("code", "msg", "logId");
        assertThat(limitHeaders(answer))
                .containsOnly(
                        entry("retry-after-short", List.of("60")),
                        entry("retry-after", List.of("60")),
                        entry("ratelimit-policy", List.of("\"short\";q=3;w=60")),
                        entry("ratelimit", List.of("\"short\";r=0;t=60")));
        assertThat(Integer.parseInt(client.get("/api/session").header("Retry-After")))
                .isBetween(30, 60);
    }

    @Test
    void aBlockedDefaultTierStillTellsTheShortOne() {
        TestClient client = from(PATIENT, "198.51.100.4");
        use(client, "/api/session", 4);

        Answer answer = client.get("/api/session");

        assertThat(answer.code()).isEqualTo(42900);
        assertThat(limitHeaders(answer))
                .containsOnlyKeys(
                        "x-ratelimit-limit-short",
                        "x-ratelimit-remaining-short",
                        "x-ratelimit-reset-short",
                        "retry-after",
                        "ratelimit-policy",
                        "ratelimit");
        assertThat(answer.header("X-RateLimit-Remaining-short")).isEqualTo("95");
        assertThat(answer.header("Retry-After")).isEqualTo("120");
        assertThat(answer.header("RateLimit-Policy")).isEqualTo("\"short\";q=100;w=60, \"default\";q=4;w=120");
        assertThat(answer.header("RateLimit")).matches("\"short\";r=95;t=\\d+, \"default\";r=0;t=120");
    }

    @Test
    void theFirstRequestAfterABlockCountsAsOneAndBlockedOnesNeverCounted() throws InterruptedException {
        TestClient client = from(BRIEF, "198.51.100.5");
        int allowed = 0;
        while (client.get("/api/session").status() == 401) {
            allowed++;
        }
        assertThat(allowed).isGreaterThanOrEqualTo(3);

        // Asking all the while must not make the block any longer.
        Answer answer = client.get("/api/session");
        int refused = 1;
        while (answer.status() == 429 && refused < 100) {
            TimeUnit.MILLISECONDS.sleep(50);
            answer = client.get("/api/session");
            refused++;
        }

        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.header("X-RateLimit-Remaining-short")).isEqualTo("2");
        assertThat(answer.header("X-RateLimit-Remaining")).isEqualTo(Integer.toString(60 - allowed - 1));
    }

    @Test
    void everyRouteHasItsOwnLimits() {
        TestClient client = from(SERVICE, "198.51.100.6");
        use(client, "/api/session", 4);

        assertThat(client.get("/api/sessions").status()).isEqualTo(401);
        assertThat(client.call("PUT", "/api/user/password").status()).isEqualTo(401);
        use(client, "/api/user/profile", 4);
        assertThat(client.get("/api/user/profile").status()).isEqualTo(429);
        assertThat(client.call("PATCH", "/api/user/profile").status()).isEqualTo(401);
    }

    @Test
    void variablesQueriesAndHeadMakeNoRouteOfTheirOwn() {
        TestClient client = from(SERVICE, "198.51.100.7");
        for (int id = 1; id <= 3; id++) {
            assertThat(client.call("DELETE", "/api/sessions/" + id).status()).isEqualTo(401);
        }
        assertThat(client.call("DELETE", "/api/sessions/4").status()).isEqualTo(429);

        use(client, "/api/session?a=1", 1);
        use(client, "/api/session?a=2", 1);
        assertThat(client.call("HEAD", "/api/session").status()).isEqualTo(401);
        assertThat(client.get("/api/session").status()).isEqualTo(429);
        assertThat(client.call("HEAD", "/api/session").status()).isEqualTo(429);
    }

    @Test
    void healthIsNotLimited() {
        TestClient client = from(SERVICE, "198.51.100.8");
        for (int i = 0; i < 8; i++) {
            Answer answer = client.get("/api/health");
            assertThat(answer.status()).isEqualTo(200);
            assertThat(limitHeaders(answer)).isEmpty();
        }
    }

    @Test
    void refusalsAreProblemDetailsOnRequest() {
        TestClient client = from(SERVICE, "198.51.100.9");
        use(client, "/api/session", 3);

        Answer answer = client.with("Accept", "application/problem+json").get("/api/session");

        assertThat(answer.header("Content-Type")).startsWith("application/problem+json");
        assertThat(answer.body().path("status").intValue()).isEqualTo(429);
        assertThat(answer.code()).isEqualTo(42900);
        assertThat(answer.header("Retry-After")).isNotEmpty();
    }

    private static void use(TestClient client, String path, int times) {
        for (int i = 0; i < times; i++) {
            client.get(path);
        }
    }

    /** By their names in lower case. */
    private static Map<String, List<String>> limitHeaders(Answer answer) {
        return answer.response().headers().map().entrySet().stream()
                .map(header -> entry(header.getKey().toLowerCase(Locale.ROOT), header.getValue()))
                .filter(header ->
                        header.getKey().contains("ratelimit") || header.getKey().contains("retry"))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private static TestClient from(TestService service, String address) {
        return service.client().with("X-Forwarded-For", address);
    }
}
