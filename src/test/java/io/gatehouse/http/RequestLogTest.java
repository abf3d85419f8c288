package io.gatehouse.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.db.Database;
import io.gatehouse.redis.RedisBreaker;
import io.gatehouse.redis.RedisConnection;
import io.gatehouse.support.LogCapture;
import io.gatehouse.support.RawHttp;
import io.gatehouse.support.TestClient;
import io.gatehouse.support.TestClient.Answer;
import io.gatehouse.support.TestService;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

class RequestLogTest {

    private static final String CANARY = "canary-7h3-s3cr3t";

    @RegisterExtension
    private static final TestService SERVICE = new TestService();

    @Test
    void oneLineTellsWhoAskedForWhatAndHowItWent() {
        try (LogCapture log = LogCapture.info()) {
            TestClient client = SERVICE.client().signedIn("log@example.com");
            Answer answer = client.get("/api/user/profile?token=" + CANARY);

            List<JsonNode> lines = log.of(answer.header("x-log-id"));

            assertThat(lines).hasSize(1);
            JsonNode line = lines.getFirst();
            assertThat(line.propertyNames())
                    .containsExactly(
                            "level",
                            "time",
                            "pid",
                            "hostname",
                            "reqId",
                            "context",
                            "method",
                            "route",
                            "path",
                            "status",
                            "cost",
                            "bytes",
                            "client",
                            "userId",
                            "msg");
            assertThat(line.path("level").intValue()).isEqualTo(30);
            assertThat(line.path("route").stringValue()).isEqualTo("/api/user/profile");
            assertThat(line.path("path").stringValue()).isEqualTo("/api/user/profile");
            assertThat(line.path("status").intValue()).isEqualTo(200);
            assertThat(line.path("bytes").intValue())
                    .isEqualTo(answer.response().body().getBytes(StandardCharsets.UTF_8).length);
            assertThat(line.path("client").stringValue()).isEqualTo("127.0.0.1");
            assertThat(line.path("userId").stringValue())
                    .isEqualTo(answer.data().path("id").stringValue());
            assertThat(line.path("msg").stringValue()).isEqualTo("request completed");
        }
    }

    @Test
    void aReplyWithoutABodyHasNoBytes() {
        try (LogCapture log = LogCapture.info()) {
            Answer answer = SERVICE.client().call("HEAD", "/api/health");

            assertThat(log.of(answer.header("x-log-id"))
                            .getFirst()
                            .path("bytes")
                            .intValue())
                    .isZero();
        }
    }

    @Test
    void secretsReachNoLineAtAnyLevel() throws Exception {
        try (LogCapture log = LogCapture.trace();
                RedisConnection redis =
                        RedisConnection.open(SERVICE.settings().redis(), new RedisBreaker(new SimpleMeterRegistry()));
                Database database = Database.open(SERVICE.settings().postgres())) {
            redis.probe();
            database.read(sql -> sql.fetch("select 1"));
            TestClient client = SERVICE.client();
            client.post("/api/user/register", TestClient.registration("Ada", "canary@example.com", CANARY));
            Answer login = client.login("canary@example.com", CANARY);
            client.login("canary@example.com", CANARY + "x");
            client.post("/api/user/login", "{\"email\":\"" + CANARY + "\",\"password\":\"" + CANARY + "\"}");
            client.post("/api/user/login", "{\"password\":\"" + CANARY);
            client.with("Cookie", "session=" + CANARY).get("/api/session");
            client.with("Authorization", "Bearer " + CANARY).get("/api/session");
            client.with("Cookie", login.cookie()).get("/api/session");
            client.get("/" + CANARY + "?" + CANARY + "=" + CANARY);
            client.call("X" + CANARY.replace('-', 'x'), "/api/" + CANARY);
            client.with(CANARY, CANARY).get("/api/health");
            RawHttp.exchange(SERVICE.port(), "GET /%zz" + CANARY + " HTTP/1.1\r\nHost: " + CANARY + "\r\n\r\n");
            RawHttp.exchange(SERVICE.port(), CANARY + "\r\n\r\n");

            String token =
                    login.cookie().substring("session=".length(), login.cookie().indexOf('.'));
            assertThat(token).startsWith("gh_");
            assertThat(log.lines().size()).isGreaterThan(13);
            assertThat(log.lines())
                    .noneMatch(line -> line.contains(CANARY) || line.contains("s3cr3t"))
                    .noneMatch(line -> line.contains(token))
                    .noneMatch(line -> line.contains(SERVICE.redis().password()))
                    .noneMatch(line ->
                            line.contains(SERVICE.database().login().password().value()))
                    .noneMatch(line -> line.contains(TestService.COOKIE_SECRET));
        }
    }
}
