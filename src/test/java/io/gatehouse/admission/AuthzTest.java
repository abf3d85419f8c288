package io.gatehouse.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.support.RawHttp;
import io.gatehouse.support.TestClient;
import io.gatehouse.support.TestClient.Answer;
import io.gatehouse.support.TestService;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What proxies are told about a request that they ask about. */
class AuthzTest {

    private static final String SUB_PATH = "/some/page.html?x=1&y=%20";

    @RegisterExtension
    private static final TestService SERVICE = new TestService()
            .with("TRUSTED_PROXIES", "127.0.0.1/32")
            .with("THROTTLE_LIMIT", "2")
            .with("SHORT_THROTTLE_LIMIT", "2");

    private static final List<String> ENDPOINTS =
            List.of("/api/authz/auth-request", "/api/authz/forward-auth", "/api/authz/ext-authz");

    /** What an earlier run has counted may still be there. */
    @BeforeAll
    static void forgetEarlierRuns() {
        SERVICE.eachRedis(RedisCommands::flushall);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"})
    void everyMethodOnEverySubPathIsAnsweredBySessionAlone(String method) {
        TestClient client = signUp(method.toLowerCase(Locale.ROOT) + "@example.com");
        for (String endpoint : ENDPOINTS) {
            for (String path : List.of(endpoint, endpoint + "/", endpoint + SUB_PATH)) {
                assertThat(client.call(method, path).status()).as(path).isEqualTo(200);
                assertThat(client.call(method, path).header("Remote-Email"))
                        .as(path)
                        .isEqualTo(method.toLowerCase(Locale.ROOT) + "@example.com");
                Answer stranger = SERVICE.client().call(method, path);
                assertThat(stranger.status()).as(path).isEqualTo(401);
                assertThat(remoteHeaders(stranger)).isEmpty();
            }
        }
    }

    @Test
    void neitherOriginNorContentTypeNorBodyMatters() throws IOException {
        TestClient client = signUp("any-body@example.com");
        String cookie = login("any-body@example.com").cookie();

        for (String endpoint : ENDPOINTS) {
            assertThat(client.with("Origin", "https://evil.example.com")
                            .with("Sec-Fetch-Site", "cross-site")
                            .call("POST", endpoint + "/form")
                            .status())
                    .isEqualTo(200);
            assertThat(status("POST " + endpoint + "/form", cookie, "text/weird; charset=koi8-r", "{ not json"))
                    .isEqualTo("200");
            assertThat(status("DELETE " + endpoint, cookie, "nonsense", "x")).isEqualTo("200");
            assertThat(status("POST " + endpoint, "session=none", "application/json", "{ not json"))
                    .isEqualTo("401");
        }
    }

    @Test
    void theAccountIsToldInHeaders() {
        TestClient client = signUp("told@example.com");
        String id = client.get("/api/session").data().path("user").path("id").stringValue();

        Answer answer = client.with("Remote-User", "forged")
                .with("Remote-Groups", "admin")
                .get(ENDPOINTS.getFirst());

        assertThat(answer.response().headers().allValues("Remote-User")).containsExactly(id);
        assertThat(answer.response().headers().allValues("Remote-Email")).containsExactly("told@example.com");
        assertThat(answer.response().headers().allValues("Remote-Name")).containsExactly("Ada");
        assertThat(answer.response().headers().allValues("Remote-Groups")).containsExactly("user");
    }

    @Test
    void groupsAreTheRoles() {
        from("192.0.2.1").register("chief@example.com");
        SERVICE.execute("update users set roles = '{user,admin}' where email = 'chief@example.com'");
        TestClient client =
                SERVICE.client().with("Cookie", login("chief@example.com").cookie());

        assertThat(client.get(ENDPOINTS.get(1)).header("Remote-Groups").split(","))
                .containsExactlyInAnyOrder("user", "admin");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Zo\u00eb", "\u4e2d\u6587", "100% Ada", "%41da", "A+B \uD83D\uDC1D", "Ada, \"Countess\""})
    void namesTravelPercentEncoded(String name) {
        String email = "name" + Integer.toHexString(name.hashCode()) + "@example.com";
        from("192.0.3." + (name.hashCode() & 255))
                .post("/api/user/register", TestClient.registration(name, email, TestClient.PASSWORD));
        TestClient client = SERVICE.client().with("Cookie", login(email).cookie());

        String told = client.get(ENDPOINTS.get(2)).header("Remote-Name");

        assertThat(told).matches("[\\x20-\\x7E]+");
        assertThat(URLDecoder.decode(told.replace("+", "%2B"), StandardCharsets.UTF_8))
                .isEqualTo(name);
        assertThat(told.contains("Zo")).isEqualTo(name.contains("Zo"));
    }

    @Test
    void neitherLiveSessionsNorStrangersEverGet429() {
        TestClient client = signUp("busy@example.com");
        for (int i = 0; i < 10; i++) {
            for (String endpoint : ENDPOINTS) {
                assertThat(client.get(endpoint).status()).isEqualTo(200);
                assertThat(from("192.0.2.2").get(endpoint).status()).isEqualTo(401);
                assertThat(from("192.0.2.2")
                                .with("Cookie", "session=made-up")
                                .get(endpoint)
                                .status())
                        .isEqualTo(401);
            }
        }
        // What was asked for others leaves the session's own limits alone.
        assertThat(client.get("/api/session").status()).isEqualTo(200);
    }

    @Test
    void anEndedSessionIsRefusedAtOnce() {
        TestClient client = signUp("ended@example.com");
        assertThat(client.get(ENDPOINTS.getFirst()).status()).isEqualTo(200);
        client.call("POST", "/api/user/logout");

        for (String endpoint : ENDPOINTS) {
            Answer answer = client.get(endpoint);
            assertThat(answer.status()).isEqualTo(401);
            assertThat(remoteHeaders(answer)).isEmpty();
        }
    }

    @Test
    void withoutPostgresOnlySessionsThatRedisKnowsPass() {
        TestClient seen = signUp("seen@example.com");
        TestClient unseen = signUp("unseen@example.com");
        assertThat(seen.get("/api/session").status()).isEqualTo(200);

        SERVICE.postgresCable().pull();
        try {
            for (String endpoint : ENDPOINTS) {
                assertThat(seen.get(endpoint).header("Remote-Email")).isEqualTo("seen@example.com");
                Answer undecided = unseen.get(endpoint);
                assertThat(undecided.code()).isEqualTo(50300);
                assertThat(undecided.header("Retry-After")).isNotEmpty();
                assertThat(undecided.header("Set-Cookie")).isEmpty();
                assertThat(remoteHeaders(undecided)).isEmpty();
            }
        } finally {
            SERVICE.plugPostgres();
        }
        assertThat(unseen.get(ENDPOINTS.getFirst()).status()).isEqualTo(200);
    }

    /** Of a request as it stands on the wire. */
    private static String status(String methodAndPath, String cookie, String contentType, String body)
            throws IOException {
        String answer = RawHttp.exchange(
                SERVICE.port(),
                methodAndPath + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nCookie: " + cookie
                        + (contentType.isEmpty() ? "" : "\r\nContent-Type: " + contentType)
                        + (body.isEmpty() ? "" : "\r\nContent-Length: " + body.length())
                        + "\r\n\r\n"
                        + body);
        assertThat(answer).startsWith("HTTP/1.1 ");
        return answer.substring("HTTP/1.1 ".length(), "HTTP/1.1 ".length() + 3);
    }

    private static List<String> remoteHeaders(Answer answer) {
        return answer.response().headers().map().keySet().stream()
                .filter(name -> name.toLowerCase(Locale.ROOT).startsWith("remote-"))
                .toList();
    }

    private static TestClient signUp(String email) {
        from(addressOf(email)).register(email);
        return SERVICE.client().with("Cookie", login(email).cookie());
    }

    private static Answer login(String email) {
        return from(addressOf(email)).login(email);
    }

    /** One for each account, because sign-ups are limited here, too. */
    private static String addressOf(String email) {
        int hash = email.hashCode();
        return "10." + (hash >> 16 & 255) + "." + (hash >> 8 & 255) + "." + (hash & 255);
    }

    private static TestClient from(String address) {
        return SERVICE.client().with("X-Forwarded-For", address);
    }
}
