package io.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.config.SettingsReader;
import io.gatehouse.support.TestClient;
import io.gatehouse.support.TestService;
import java.time.Clock;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What operators see before there is anything else. */
class OpsTest {

    @Test
    void beforeTheServiceHasStartedItIsAliveAndNotReady() {
        Map<String, String> environment = Map.of("OPS_PORT", "0", "COOKIE_SECRET", TestService.COOKIE_SECRET);
        try (Ops ops = Ops.start(SettingsReader.read(environment, Clock.systemUTC()), Clock.systemUTC(), () -> 7)) {
            TestClient operator = new TestClient("http://127.0.0.1:" + ops.port());

            assertThat(operator.get("/live").status()).isEqualTo(200);
            assertThat(operator.get("/ready").status()).isEqualTo(503);
            assertThat(operator.get("/ready").data().path("status").stringValue())
                    .isEqualTo("starting");
            assertThat(operator.get("/metrics").response().body()).contains("gatehouse_log_lines_dropped_total 7.0");
        }
    }
}
