package io.gatehouse.trace;

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
import tools.jackson.databind.JsonNode;

class TraceHttpTest {

    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String PARENT = "00f067aa0ba902b7";
    private static final String TRACEPARENT = "00-" + TRACE + "-" + PARENT + "-01";

    @RegisterExtension
    private static final TestService SERVICE = new TestService();

    @Test
    void everyLineOfARequestTellsItsTrace() {
        TestClient client = SERVICE.client().signedIn("traced@example.com");
        try (LogCapture log = LogCapture.trace()) {
            Answer answer = client.with("traceparent", TRACEPARENT)
                    .with("tracestate", "congo=t61rcWkgMzE")
                    .get("/api/user/profile");

            List<JsonNode> lines = completed(log, answer);
            assertThat(answer.status()).isEqualTo(200);
            assertThat(lines).hasSizeGreaterThan(1).allSatisfy(line -> {
                assertThat(line.path("traceId").asString()).isEqualTo(TRACE);
                assertThat(line.path("spanId").asString())
                        .matches("[0-9a-f]{16}")
                        .isNotEqualTo(PARENT)
                        .isEqualTo(lines.getFirst().path("spanId").asString());
            });
        }
    }

    @Test
    void nextRequestOfTheConnectionHasNoneOfIt() throws IOException {
        try (LogCapture log = LogCapture.info()) {
            String replies = RawHttp.exchange(
                    SERVICE.port(),
                    "GET /api/nowhere HTTP/1.1\r\nHost: h\r\ntraceparent: " + TRACEPARENT + "\r\n\r\n"
                            + "GET /api/nowhere HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");

            List<String> ids = replies.lines()
                    .filter(line -> line.toLowerCase(java.util.Locale.ROOT).startsWith("x-log-id: "))
                    .map(line -> line.substring(line.indexOf(' ') + 1).strip())
                    .toList();
            assertThat(ids).hasSize(2);
            assertThat(log.of(ids.getFirst())).allMatch(line -> line.has("traceId") && line.has("spanId"));
            assertThat(log.of(ids.getLast())).noneMatch(line -> line.has("traceId") || line.has("spanId"));
        }
    }

    @Test
    void requestWithoutATraceBeginsNone() {
        try (LogCapture log = LogCapture.info()) {
            Answer without = SERVICE.client().get("/api/session");
            Answer malformed =
                    SERVICE.client().with("traceparent", "00-" + TRACE).get("/api/session");
            Answer twice = SERVICE.client()
                    .with("traceparent", TRACEPARENT)
                    .with("traceparent", TRACEPARENT)
                    .get("/api/session");

            for (Answer answer : List.of(without, malformed, twice)) {
                assertThat(answer.status()).isEqualTo(401);
                assertThat(log.of(answer.header("x-log-id")))
                        .isNotEmpty()
                        .noneMatch(line -> line.has("traceId") || line.has("spanId"));
            }
        }
    }

    /** All of them, once the one is there that comes last. */
    private static List<JsonNode> completed(LogCapture log, Answer answer) {
        String id = answer.header("x-log-id");
        boolean _ = io.gatehouse.support.Await.until(
                java.time.Duration.ofSeconds(2),
                () -> log.of(id).stream()
                        .anyMatch(line -> line.path("msg").asString("").equals("request completed")));
        return log.of(id);
    }
}
