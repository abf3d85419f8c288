package io.gatehouse.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.support.LogCapture;
import io.gatehouse.support.RawHttp;
import io.gatehouse.support.TestClient;
import io.gatehouse.support.TestClient.Answer;
import io.gatehouse.support.TestService;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Whatever a client sends: a 4xx in our shape, with its log id, and exactly one log line. */
class MalformedInputTest {

    @RegisterExtension
    private static final TestService SERVICE = new TestService();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "{\"name\":",
                "[]",
                "null",
                "\"text\"",
                "1",
                "{} {}",
                "{\"a\":1,\"a\":2}",
                "{'name':'x'}",
                "{\"name\":\"\u0001\"}",
                "{\"n\":1e99999999999999999999999999999999999999999999999999999999999999999999999}"
            })
    void bodiesThatAreNoJsonObjectAre400(String body) {
        assertProblem(SERVICE, body, 40000);
    }

    @Test
    void deepNestingIs400() {
        assertProblem(SERVICE, "{\"a\":" + "[".repeat(5000) + "]".repeat(5000) + "}", 40000);
    }

    static List<String> wrongFields() {
        return List.of(
                body("1", "\"a@example.com\"", "\"long enough 1\""),
                body("[]", "\"a@example.com\"", "\"long enough 1\""),
                body("\"Ada\"", "{}", "\"long enough 1\""),
                body("\"Ada\"", "\"a@example.com\"", "true"),
                body("null", "\"a@example.com\"", "\"long enough 1\""),
                body("\"A\\u0000da\"", "\"a@example.com\"", "\"long enough 1\""),
                body("\"Ada\"", "\"a\\u0000@example.com\"", "\"long enough 1\""),
                body("\"Ada\"", "\"a@example.com\"", "\"long \\u0000 enough\""),
                body("\"A\\ud800da\"", "\"a@example.com\"", "\"long enough 1\""),
                body("\"Ada\"", "\"a\\udfff@example.com\"", "\"long enough 1\""),
                body("\"Ada\"", "\"a@example.com\"", "\"long \\ud83d enough\""),
                body("\"" + "x".repeat(65) + "\"", "\"a@example.com\"", "\"long enough 1\""),
                body("\"Ada\"", "\"" + "x".repeat(250) + "@example.com\"", "\"long enough 1\""),
                body("\"Ada\"", "\"no at sign\"", "\"long enough 1\""),
                body("\"\\u200b\\u200b\"", "\"a@example.com\"", "\"long enough 1\""),
                body("\"Ada\\u202e\"", "\"a@example.com\"", "\"long enough 1\""),
                body("\"Ada\"", "\"a\\u200b@example.com\"", "\"long enough 1\""),
                body("\"Ada\"", "\"a\\u200d@example.com\"", "\"long enough 1\""),
                body("\"Ada\"", "\"a@example.com\"", "\"" + "x".repeat(129) + "\""),
                body("\"Ada\"", "\"a@example.com\"", "\"" + "x".repeat(900_000) + "\""),
                body("\"" + "x".repeat(900_000) + "\"", "\"a@example.com\"", "\"long enough 1\""),
                body("\"Ada\"", "\"a@example.com\"", "\"short\""));
    }

    @ParameterizedTest
    @MethodSource("wrongFields")
    void aWrongFieldIs422AndNamed(String body) {
        Answer answer = assertProblem(SERVICE, body, 42200);

        assertThat(answer.body().path("detail")).hasSize(1);
    }

    @Test
    void everyWrongFieldIsNamedAtOnce() {
        Answer answer = assertProblem(SERVICE, "{\"name\":\"x\",\"email\":\"nonsense\",\"password\":7}", 42200);

        assertThat(answer.body().path("detail").path("name").stringValue())
                .isEqualTo("must be 2 to 64 characters long");
        assertThat(answer.body().path("detail").path("email").stringValue())
                .isEqualTo("must be an e-mail address of at most 254 characters");
        assertThat(answer.body().path("detail").path("password").stringValue()).isEqualTo("must be a text");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"email\":\"a\\u0000@example.com\",\"password\":\"x\"}",
                "{\"email\":\"a\\ud800@example.com\",\"password\":\"x\"}",
                "{\"email\":[],\"password\":\"x\"}",
                "{\"email\":\"a@example.com\"}",
                "{\"email\":\"a@example.com\",\"password\":\"x\",\"transport\":\"pigeon\"}"
            })
    void wrongFieldsOfASignInAre422(String body) {
        assertThat(SERVICE.client().post("/api/user/login", body).code()).isEqualTo(42200);
    }

    @Test
    void aPasswordOverTheCapIs422AtSignIn() {
        Answer answer = SERVICE.client().login("a@example.com", "x".repeat(1025));

        assertThat(answer.body().path("detail").path("password").stringValue())
                .isEqualTo("must be at most 1,024 bytes long");
    }

    @Test
    void twoMebibytesAre413() {
        assertProblem(SERVICE, "{\"name\":\"" + "x".repeat(2 << 20) + "\"}", 41300);
    }

    @Test
    void twoMebibytesInChunksAre413() throws IOException {
        String chunk = "10000\r\n" + "x".repeat(0x10000) + "\r\n";
        String response = RawHttp.exchange(
                SERVICE.port(),
                "POST /api/user/register HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                        + "Transfer-Encoding: chunked\r\n\r\n" + chunk.repeat(32) + "0\r\n\r\n");

        assertThat(response)
                .startsWith("HTTP/1.1 413 ")
                .contains("\"code\":41300")
                .contains("x-log-id: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"zz\r\n{}\r\n0\r\n\r\n", "-1\r\n", "fffffffffffffffff\r\n"})
    void brokenChunksAre400(String chunks) throws IOException {
        String response = RawHttp.exchange(
                SERVICE.port(),
                "POST /api/user/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                        + "Transfer-Encoding: chunked\r\n\r\n" + chunks);

        assertThat(response).startsWith("HTTP/1.1 400 ").contains("\"code\":40000", "x-log-id: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET /api/health", "POST /api/user/logout", "GET /nothing"})
    void nothingIsReadBehindAClosedConnection(String line) throws IOException {
        String smuggled = "GET /api/session HTTP/1.1\r\nHost: x\r\n\r\n";
        String response = RawHttp.exchange(
                SERVICE.port(),
                line + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: " + smuggled.length() + "\r\n\r\n"
                        + smuggled + smuggled);

        assertThat(response.split("HTTP/1.1 ", -1)).as(response).hasSize(2);
    }

    @Test
    void aClientThatLeavesWithinItsHeadersIsNoFaultOfOurs() throws IOException {
        try (LogCapture log = LogCapture.info()) {
            String response = RawHttp.exchange(SERVICE.port(), "GET /api/health HTTP/1.1\r\nHo");

            assertThat(response).doesNotContain("HTTP/1.1 5");
            log.of(SERVICE.client().get("/api/health").header("x-log-id"));
            assertThat(log.lines()).noneMatch(text -> text.contains("\"level\":50"));
        }
    }

    @Test
    void invalidUtf8Is400() throws IOException {
        String response = RawHttp.exchange(
                SERVICE.port(),
                "POST /api/user/register HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                        + "Content-Type: application/json\r\nContent-Length: 12\r\n\r\n{\"name\":\"\u00ff\"}");

        assertThat(response).startsWith("HTTP/1.1 400 ").contains("\"code\":40000");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/plain",
                "application/x-www-form-urlencoded",
                "application/json; charset=latin1",
                "application/jsonp"
            })
    void otherMediaTypesAre415(String type) throws IOException {
        String response = RawHttp.exchange(
                SERVICE.port(),
                "POST /api/user/login HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: " + type
                        + "\r\nContent-Length: 2\r\n\r\n{}");

        assertThat(response).startsWith("HTTP/1.1 415 ").contains("\"code\":41500");
    }

    static List<List<String>> brokenRequests() {
        String host = "Host: x\r\n";
        return List.of(
                List.of("nonsense\r\n\r\n", "400"),
                List.of("GET /api/health HTTP/1.1\r\n\r\n", "400"),
                List.of("GET /api/health HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "400"),
                List.of("GET /" + "x".repeat(20_000) + " HTTP/1.1\r\n" + host + "\r\n", "414"),
                List.of("GET /api/health HTTP/1.1\r\n" + host + "X: " + "x".repeat(40_000) + "\r\n\r\n", "431"),
                List.of("POST /api/user/login HTTP/1.1\r\n" + host + "Content-Length: x\r\n\r\n", "400"),
                List.of(
                        "POST /api/user/login HTTP/1.1\r\n" + host
                                + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}",
                        "400"),
                List.of("POST /api/user/login HTTP/1.1\r\n" + host + "Transfer-Encoding: gzip, chunked\r\n\r\n", "400"),
                List.of("GET /api/%zz HTTP/1.1\r\n" + host + "\r\n", "400"),
                List.of("GET /api/health HTTP/9.9\r\n" + host + "\r\n", "400"));
    }

    @ParameterizedTest
    @MethodSource("brokenRequests")
    void brokenRequestsAreAnsweredInOurShapeAndLoggedOnce(List<String> request) throws IOException {
        try (LogCapture log = LogCapture.info()) {
            String response = RawHttp.exchange(SERVICE.port(), request.get(0));

            assertThat(response)
                    .startsWith("HTTP/1.1 " + request.get(1) + " ")
                    .contains("X-Content-Type-Options: nosniff")
                    .contains("\"logId\":\"");
            String logId = response.replaceAll("(?s).*x-log-id: (\\d+).*", "$1");
            assertThat(log.of(logId)).hasSize(1);
        }
    }

    private static Answer assertProblem(TestService service, String body, int code) {
        try (LogCapture log = LogCapture.info()) {
            TestClient client = service.client();
            Answer answer = client.post("/api/user/register", body);
            assertThat(answer.code()).isEqualTo(code);
            assertThat(answer.status()).isEqualTo(code / 100);
            assertThat(answer.header("x-log-id"))
                    .isEqualTo(answer.body().path("logId").stringValue());
            log.of(client.get("/api/health").header("x-log-id")); // by now a second line would be there
            List<JsonNode> lines = log.of(answer.header("x-log-id"));
            assertThat(lines).hasSize(1);
            assertThat(lines.getFirst().path("status").intValue()).isEqualTo(code / 100);
            return answer;
        }
    }

    private static String body(String name, String email, String password) {
        return "{\"name\":%s,\"email\":%s,\"password\":%s}".formatted(name, email, password);
    }
}
