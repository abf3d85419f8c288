package io.gatehouse.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.support.LogCapture;
import io.gatehouse.support.TestClient;
import io.gatehouse.support.TestService;
import io.lettuce.core.api.sync.RedisCommands;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.BitSet;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Tokens are random, and nobody but their client ever sees them. */
class SessionTokensTest {

    @RegisterExtension
    private static final TestService SERVICE = new TestService();

    private static final int TOKENS = 10_000;

    @Test
    void tokensAre256BitsThatAreSetAboutHalfTheTime() {
        SecureRandom random = new SecureRandom();
        Set<String> seen = new HashSet<>();
        int[] ones = new int[256];
        for (int i = 0; i < TOKENS; i++) {
            String token = SessionToken.random(random).value();
            assertThat(token).matches("gh_[A-Za-z0-9_-]{43}");
            byte[] bytes = Base64.getUrlDecoder().decode(token.substring("gh_".length()));
            assertThat(bytes).hasSize(32);
            BitSet.valueOf(bytes).stream().forEach(bit -> ones[bit]++);
            seen.add(token);
        }

        assertThat(seen).hasSize(TOKENS);
        // Eight standard deviations to either side.
        assertThat(Arrays.stream(ones).boxed())
                .allSatisfy(count -> assertThat(count).isBetween(TOKENS / 2 - 400, TOKENS / 2 + 400));
    }

    @Test
    void theServiceGivesOutSuchTokensAndNeverOneTwice() {
        SERVICE.client().register("given@example.com");
        Set<String> given = new HashSet<>();
        for (int i = 0; i < 20; i++) {
            String token = token(
                    signedValue(SERVICE.client().login("given@example.com").cookie()));
            assertThat(token).matches("gh_[A-Za-z0-9_-]{43}");
            given.add(token);
        }
        assertThat(given).hasSize(20);
    }

    @Test
    void neitherLogsNorTablesNorRedisKnowAToken() {
        try (LogCapture logs = LogCapture.trace()) {
            List<String> signed = useTokensEverywhere();
            String log = String.join("\n", logs.lines());
            String tables = tables();
            String redis = redis();

            assertThat(log).contains("request completed", "/api/session");
            assertThat(tables).contains("secret@example.com", "Looked-At/1.0");
            assertThat(redis).contains("secret@example.com");
            for (String value : signed) {
                assertNowhere(value, log, tables, redis);
            }
        }
    }

    /** Right and wrong uses, with and without either store; the signed values that were used. */
    private static List<String> useTokensEverywhere() {
        TestClient client = SERVICE.client().with("User-Agent", "Looked-At/1.0");
        client.register("secret@example.com");
        String byCookie = signedValue(client.login("secret@example.com").cookie());
        String byBearer = client.post(
                        "/api/user/login",
                        "{\"email\":\"secret@example.com\",\"password\":\"" + TestClient.PASSWORD
                                + "\",\"transport\":\"bearer\"}")
                .data()
                .path("token")
                .stringValue();
        TestClient browser = client.with("Cookie", "session=" + encoded(byCookie));
        TestClient program = client.with("Authorization", "Bearer " + byBearer);
        for (TestClient signedIn : List.of(browser, program)) {
            assertThat(signedIn.get("/api/session").status()).isEqualTo(200);
            assertThat(signedIn.get("/api/user/profile").status()).isEqualTo(200);
            assertThat(signedIn.get("/api/sessions").status()).isEqualTo(200);
        }
        misplace(client, byCookie);
        withoutStores(browser);
        assertThat(program.call("POST", "/api/user/logout").status()).isEqualTo(200);
        return List.of(byCookie, byBearer);
    }

    /** Where confused clients put what they hold. */
    private static void misplace(TestClient client, String value) {
        client.get("/api/session?token=" + encoded(value));
        client.call("DELETE", "/api/sessions/" + encoded(value));
        client.get("/" + encoded(value));
        client.with("Authorization", "Basic " + value).get("/api/session");
        client.with("Authorization", "Bearer " + value + "x").get("/api/session");
        client.post("/api/user/login", "{\"email\":\"" + value + "\",\"password\":\"" + value + "\"}");
        client.post("/api/user/login", "{" + value);
    }

    private static void withoutStores(TestClient client) {
        SERVICE.redisCable().pull();
        try {
            assertThat(client.get("/api/session").status()).isEqualTo(200);
            SERVICE.postgresCable().pull();
            assertThat(client.get("/api/session").status()).isEqualTo(503);
        } finally {
            SERVICE.redisCable().plug();
            SERVICE.plugPostgres();
        }
    }

    private static void assertNowhere(String value, String... places) {
        String random = token(value).substring("gh_".length());
        String signature = value.substring(value.lastIndexOf('.') + 1);
        String hex = HexFormat.of().formatHex(token(value).getBytes(StandardCharsets.UTF_8));
        String raw = HexFormat.of().formatHex(Base64.getUrlDecoder().decode(random));
        for (String place : places) {
            for (String trace : List.of(random, signature, encoded(signature), hex, raw)) {
                // Not assertThat(place).doesNotContain(trace): its message would show megabytes.
                int at = place.indexOf(trace);
                assertThat(at < 0 ? "" : place.substring(Math.max(0, at - 300), at + trace.length()))
                        .isEmpty();
            }
        }
    }

    /** Every row of every table. */
    private static String tables() {
        StringBuilder all = new StringBuilder();
        String names = SERVICE.query("select string_agg(quote_ident(table_name), ',') from information_schema.tables"
                + " where table_schema = 'public'");
        assertThat(names).contains("users", "sessions");
        for (String name : names.split(",", -1)) {
            all.append(SERVICE.query("select string_agg(t::text, E'\\n') from " + name + " t"));
        }
        return all.toString();
    }

    /** Every key of the service with its value. */
    private static String redis() {
        StringBuilder all = new StringBuilder();
        String prefix = SERVICE.settings().redis().keyPrefix();
        SERVICE.eachRedis(commands ->
                commands.keys(prefix + "*").forEach(key -> all.append(key).append(value(commands, key))));
        return all.toString();
    }

    private static Object value(RedisCommands<String, String> commands, String key) {
        String type = commands.type(key);
        return switch (type) {
            case "string" -> String.valueOf(commands.get(key));
            case "hash" -> commands.hgetall(key);
            case "zset" -> commands.zrange(key, 0, -1);
            case "none" -> "";
            default -> throw new IllegalStateException("A new kind of key, to be looked into: " + type);
        };
    }

    private static String signedValue(String cookie) {
        return URLDecoder.decode(cookie.substring("session=".length()), StandardCharsets.UTF_8);
    }

    private static String token(String signed) {
        return signed.substring(0, signed.lastIndexOf('.'));
    }

    private static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }
}
