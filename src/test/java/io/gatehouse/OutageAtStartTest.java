package io.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.support.Await;
import io.gatehouse.support.TestClient;
import io.gatehouse.support.TestService;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

class OutageAtStartTest {

    private static final Duration RECOVERY = Duration.ofSeconds(20);

    @RegisterExtension
    private static final TestService SERVICE = new TestService().cutOff();

    @Test
    void serviceStartsWithoutItsStoresAndRecoversByItself() {
        assertThat(SERVICE.operator().get("/live").status()).isEqualTo(200);
        assertThat(SERVICE.operator().get("/ready").status()).isEqualTo(503);
        assertThat(causeOf("ids")).contains("the database is away");
        assertThat(SERVICE.client().register("early@example.com").code()).isEqualTo(50300);

        SERVICE.redisCable().plug();
        assertThat(Await.until(
                        RECOVERY, () -> causeOf("redis").contains("until PostgreSQL has told which sessions ended")))
                .isTrue();
        SERVICE.plugPostgres();
        assertThat(Await.until(
                        RECOVERY, () -> ready().path("status").asString("").equals("ready")))
                .isTrue();

        TestClient client = SERVICE.client().signedIn("late@example.com");
        assertThat(client.get("/api/session").status()).isEqualTo(200);
    }

    private static String causeOf(String check) {
        return ready().path("details").path(check).path("cause").asString("");
    }

    private static JsonNode ready() {
        return SERVICE.operator().get("/ready").data();
    }
}
