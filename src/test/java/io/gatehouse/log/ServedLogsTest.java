package io.gatehouse.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.support.Await;
import io.gatehouse.support.ConcurrentTest;
import io.gatehouse.support.ServeProcess;
import io.gatehouse.support.TestClient;
import io.gatehouse.support.TestService;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The log of a service in a process of its own, as whoever collects lines finds it. */
class ServedLogsTest {

    @RegisterExtension
    private static final TestService SERVICE = new TestService();

    @TempDir
    private Path folder;

    @ConcurrentTest
    void everyLineIsJsonNoneIsLongAndNoneHoldsASecret() throws Exception {
        Map<String, String> environment = environment(Map.of("LOG_LEVEL", "trace", "LOG_FORMAT", "json"));
        try (ServeProcess serve = ServeProcess.serve(folder, environment)) {
            new Canary(serve.base()).sing(1);
            assertThat(serve.terminate()).isZero();

            List<String> lines = Files.readAllLines(log());
            assertThat(lines).hasSizeGreaterThan(200);
            for (String line : lines) {
                assertThat(line.length()).isLessThanOrEqualTo(PinoLayout.MOST_BYTES);
                JsonNode json = JsonMapper.shared().readTree(line);
                assertThat(json.propertyNames()).contains("level", "time", "pid", "hostname", "context", "msg");
            }
            assertThat(lines).anyMatch(line -> line.contains("\"msg\":\"stopped\""));
            assertThat(lines).noneMatch(Canary::heard);
            // What goes to standard output is for people, and no line of the log.
            assertThat(serve.output()).doesNotContain("\"level\"").doesNotContainIgnoringCase(Canary.MARK);
        }
    }

    @ConcurrentTest
    void theLevelIsReadAgainOnHangupAndNobodyElseWritesTheFile() throws Exception {
        Files.writeString(folder.resolve(".env"), "LOG_LEVEL=warn\n");
        try (ServeProcess serve = ServeProcess.serve(folder, environment(Map.of("LOG_FORMAT", "json")))) {
            var _ = serve.client().get("/api/health");
            changeLevel(serve, "debug");
            awaitLine("\"from\":\"warn\",\"to\":\"debug\"");
            var _ = serve.client().get("/api/health");
            awaitLine("request completed");
            assertThat(text().split("request completed", -1)).hasSize(2);

            aSecondServiceOnTheFileIsRefused();
            changeLevel(serve, "loud");
            awaitLine("log level not changed");
            assertThat(text()).contains("LOG_LEVEL");
            assertThat(serve.client().get("/api/health").status()).isEqualTo(200);
            assertThat(serve.terminate()).isZero();
        }
    }

    @ConcurrentTest
    void aFullDiskCostsLinesAndNothingElse() throws Exception {
        Files.createSymbolicLink(log(), Path.of("/dev/full"));
        try (ServeProcess serve = ServeProcess.serve(folder, environment(Map.of()))) {
            assertThat(Await.until(Duration.ofSeconds(10), () -> serve.metric("gatehouse_ids_worker") >= 0))
                    .isTrue();
            TestClient client = serve.client().signedIn("disk@example.com");
            assertThat(client.get("/api/session").status()).isEqualTo(200);
            Await.until(Duration.ofSeconds(20), () -> dropped(serve) >= 3);
            assertThat(dropped(serve)).isGreaterThanOrEqualTo(3);
            assertThat(serve.output().split("log lines cannot be written", -1)).hasSize(2);

            Files.delete(log());
            Await.pause(Duration.ofMillis(1_100));
            assertThat(client.get("/api/session").status()).isEqualTo(200);
            awaitLine("/api/session");
            awaitLine("log lines dropped");
            assertThat(serve.terminate()).isZero();
        }
    }

    private void aSecondServiceOnTheFileIsRefused() throws IOException {
        try (ServeProcess second = ServeProcess.start(folder, environment(Map.of()), "serve")) {
            assertThat(second.exitCode()).isEqualTo(1);
            assertThat(second.output()).contains("is being written by another process; give every replica its own");
        }
    }

    private static Map<String, String> environment(Map<String, String> more) {
        Map<String, String> environment = new HashMap<>(SERVICE.asEnvironment());
        // The tests share a Redis and an address.
        environment.putAll(TestService.NO_LIMITS);
        environment.put("LOG_FILE", "app.log");
        environment.putAll(more);
        return environment;
    }

    private void changeLevel(ServeProcess serve, String level) throws IOException {
        String before = Files.readString(folder.resolve(".env"));
        Files.writeString(folder.resolve(".env"), before.replaceFirst("LOG_LEVEL=\\w+", "LOG_LEVEL=" + level));
        serve.hangUp();
    }

    private void awaitLine(String part) {
        assertThat(Await.until(Duration.ofSeconds(20), () -> text().contains(part)))
                .as(part)
                .isTrue();
    }

    private String text() {
        try {
            return Files.exists(log()) ? Files.readString(log()) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static double dropped(ServeProcess serve) {
        return serve.metric("gatehouse_log_lines_dropped_total");
    }

    private Path log() {
        return folder.resolve("app.log");
    }
}
