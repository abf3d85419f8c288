package io.gatehouse.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.support.TestClient;
import io.gatehouse.support.TestClient.Answer;
import io.gatehouse.support.TestService;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConventionsTest {

    @RegisterExtension
    private static final TestService SERVICE = new TestService().with("ALLOWED_ORIGINS", "https://app.example.com");

    @Test
    void everyResponseCarriesSecurityHeadersAndNoVersion() {
        for (Answer answer :
                new Answer[] {client().get("/api/health"), client().get("/nothing"), client().call("PUT", "/api/health")
                }) {
            assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
            assertThat(answer.header("Referrer-Policy")).isEqualTo("no-referrer");
            assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
            assertThat(answer.header("Content-Security-Policy"))
                    .isEqualTo("default-src 'none'; frame-ancestors 'none'");
            assertThat(answer.header("Content-Type")).isEqualTo("application/json; charset=utf-8");
            assertThat(answer.header("Server")).isEmpty();
            assertThat(answer.header("Strict-Transport-Security")).isEmpty();
            assertThat(answer.header("x-log-id")).matches("\\d{19}");
        }
    }

    @Test
    void errorsHaveTheEnvelopeWithTheLogId() {
        Answer answer = client().get("/api/session");

        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.code()).isEqualTo(40100);
        assertThat(answer.body().path("msg").stringValue()).isEqualTo("You are not signed in");
        assertThat(answer.body().path("logId").stringValue()).isEqualTo(answer.header("x-log-id"));
        assertThat(answer.body().propertyNames()).containsExactly("code", "msg", "logId");
    }

    @Test
    void errorsFollowRfc9457OnRequest() {
        Answer answer = client().with("Accept", "application/problem+json").post("/api/user/register", "{}");

        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json; charset=utf-8");
        assertThat(answer.body().path("type").stringValue()).isEqualTo("urn:gatehouse:problem:invalid-fields");
        assertThat(answer.body().path("title").stringValue()).isEqualTo("Some fields are not valid");
        assertThat(answer.body().path("status").intValue()).isEqualTo(422);
        assertThat(answer.body().path("code").intValue()).isEqualTo(42200);
        assertThat(answer.body().path("instance").stringValue()).endsWith(answer.header("x-log-id"));
        assertThat(answer.body().path("errors")).hasSize(3);
        assertThat(answer.body().path("errors").get(0).path("pointer").stringValue())
                .isEqualTo("/email");
    }

    @Test
    void unknownRouteIs404() {
        assertThat(client().get("/api/nothing").code()).isEqualTo(40400);
        assertThat(client().post("/", "{}").code()).isEqualTo(40400);
    }

    @Test
    void wrongMethodIs405AndNamesTheRightOnes() {
        Answer answer = client().call("DELETE", "/api/user/profile");

        assertThat(answer.code()).isEqualTo(40500);
        assertThat(answer.header("Allow")).isEqualTo("GET, PATCH, HEAD, OPTIONS");
    }

    @Test
    void headIsGetWithoutABody() {
        Answer answer = client().call("HEAD", "/api/health");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.response().body()).isEmpty();
        assertThat(answer.header("Content-Length")).isNotEqualTo("0").isNotEmpty();
    }

    @Test
    void optionsNamesTheMethods() {
        Answer answer = client().call("OPTIONS", "/api/user/login");

        assertThat(answer.status()).isEqualTo(204);
        assertThat(answer.header("Allow")).isEqualTo("POST, OPTIONS");
    }

    @Test
    void messagesAreInChineseOnRequest() {
        Answer answer =
                client().with("Accept-Language", "zh-CN,zh;q=0.9").post("/api/user/register", "{\"name\":\"x\"}");

        assertThat(answer.body().path("msg").stringValue()).isEqualTo("部分字段无效");
        assertThat(answer.body().path("detail").path("name").stringValue()).isEqualTo("长度必须为 2 到 64 个字符");
    }

    @ParameterizedTest
    @CsvSource({
        "http://localhost:9876,             ,            200",
        "https://app.example.com,           cross-site,  200",
        "https://evil.example.com,          ,            403",
        "https://evil.example.com,          same-origin, 200",
        "https://app.example.com.evil.test, cross-site,  403",
        "null,                              ,            403",
        ",                                  cross-site,  403",
        ",                                  same-site,   403",
        ",                                  same-origin, 200",
        ",                                  none,        200",
        ",                                  ,            200",
    })
    void browsersOfOtherSitesMayNotAct(
            @org.jspecify.annotations.Nullable String origin,
            @org.jspecify.annotations.Nullable String fetchSite,
            int expected) {
        client().register("cross-site@example.com");
        TestClient browser = client();
        browser = origin == null ? browser : browser.with("Origin", origin);
        browser = fetchSite == null ? browser : browser.with("Sec-Fetch-Site", fetchSite);

        Answer answer = browser.login("cross-site@example.com");

        assertThat(answer.status()).isEqualTo(expected);
        if (expected == 403) {
            assertThat(answer.code()).isEqualTo(40301);
        }
    }

    @Test
    void requestsToOurOwnHostPass() {
        client().register("own-host@example.com");

        assertThat(client().with("Origin", "http://127.0.0.1:" + SERVICE.port())
                        .login("own-host@example.com")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void authorizedRequestsAreNotABrowsersDoing() {
        Answer answer = client().with("Origin", "https://evil.example.com")
                .with("Authorization", "Bearer nonsense")
                .post("/api/user/logout", "{}");

        assertThat(answer.code()).isEqualTo(40100);
    }

    @Test
    void anyOtherAuthorizationIsNoExcuse() {
        client().register("basic@example.com");

        assertThat(client().with("Authorization", "Basic eDp5")
                        .with("Origin", "https://evil.example.com")
                        .login("basic@example.com")
                        .code())
                .isEqualTo(40301);
    }

    @Test
    void allowedFrontEndsMayReadReplies() {
        Answer answer = client().with("Origin", "https://app.example.com").get("/api/health");

        assertThat(answer.header("Access-Control-Allow-Origin")).isEqualTo("https://app.example.com");
        assertThat(answer.header("Access-Control-Allow-Credentials")).isEqualTo("true");
        assertThat(answer.header("Vary")).isEqualTo("Origin");
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://evil.example.com", "null", "https://APP.example.com"})
    void nobodyElseMay(String origin) {
        Answer answer = client().with("Origin", origin).get("/api/health");

        assertThat(answer.header("Access-Control-Allow-Origin")).isEmpty();
        assertThat(answer.header("Vary")).isEqualTo("Origin");
    }

    @Test
    void preflightOfAnAllowedFrontEndIsAnswered() {
        Answer answer = client().with("Origin", "https://app.example.com")
                .with("Access-Control-Request-Method", "POST")
                .call("OPTIONS", "/api/user/login");

        assertThat(answer.header("Access-Control-Allow-Methods")).isEqualTo("POST, OPTIONS");
        assertThat(answer.header("Access-Control-Allow-Headers")).isEqualTo("Authorization, Content-Type");
    }

    private static TestClient client() {
        return SERVICE.client();
    }
}
