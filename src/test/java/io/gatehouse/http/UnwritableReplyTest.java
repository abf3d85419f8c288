package io.gatehouse.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.config.Settings.Listener;
import io.gatehouse.id.LogIds;
import io.gatehouse.support.Await;
import io.gatehouse.support.LogCapture;
import io.gatehouse.support.TestClient;
import io.gatehouse.support.TestClock;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A handler whose reply cannot be written as JSON: a fault of ours, found when the handler is done. */
class UnwritableReplyTest {

    private final MeterRegistry meters = new SimpleMeterRegistry();

    @Test
    void itIsAnErrorInTheLogAndTheMetrics() {
        HttpServer server = HttpServer.start(
                new Listener("127.0.0.1", 0),
                "APP_PORT",
                List.of(Route.get("/endless", UnwritableReplyTest::endless)),
                conventions());
        try (server;
                LogCapture log = LogCapture.info()) {
            TestClient client = new TestClient("http://127.0.0.1:" + server.port());

            assertThat(client.get("/endless").status()).isEqualTo(500);
            assertThat(Await.until(Duration.ofSeconds(5), () -> counted("5xx") == 1))
                    .isTrue();
            assertThat(counted("2xx")).isZero();
            assertThat(log.lines())
                    .filteredOn(line -> line.contains("\"route\":\"/endless\""))
                    .singleElement()
                    .asString()
                    .contains("\"level\":50", "\"status\":500", "\"bytes\":0", "\"err\":");
        }
    }

    private static Reply endless(Call call) {
        Map<String, Object> data = new HashMap<>();
        data.put("data", data);
        return Reply.ok(data);
    }

    private long counted(String statusClass) {
        return meters
                .find("http.server.request.duration")
                .tags("http.route", "/endless", "http.response.status.class", statusClass)
                .timers()
                .stream()
                .mapToLong(timer -> timer.count())
                .sum();
    }

    private HttpServer.Conventions conventions() {
        return new HttpServer.Conventions(
                "http://localhost",
                false,
                Set.of(),
                List.of(),
                failure -> Optional.empty(),
                new LogIds(0, new TestClock())::next,
                () -> false,
                Duration.ofSeconds(5),
                meters);
    }
}
