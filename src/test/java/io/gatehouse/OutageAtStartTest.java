package io.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.support.TestClient;
import io.gatehouse.support.TestClient.Answer;
import io.gatehouse.support.TestService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class OutageAtStartTest {

    @RegisterExtension
    private static final TestService SERVICE = new TestService().cutOff();

    @Test
    void serviceStartsWithoutItsStoresAndRecoversByItself() throws Exception {
        assertThat(SERVICE.operator().get("/live").status()).isEqualTo(200);
        Answer ready = SERVICE.operator().get("/ready");
        assertThat(ready.status()).isEqualTo(503);
        assertThat(ready.data().path("details").path("ids").path("cause").asString(""))
                .contains("the database is away");
        assertThat(SERVICE.client().register("early@example.com").code()).isEqualTo(50300);

        SERVICE.redisCable().plug();
        SERVICE.plugPostgres();
        awaitReady();

        TestClient client = SERVICE.client().signedIn("late@example.com");
        assertThat(client.get("/api/session").status()).isEqualTo(200);
    }

    private static void awaitReady() throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (System.nanoTime() < deadline) {
            var ready = SERVICE.operator().get("/ready");
            if (ready.status() == 200
                    && ready.data().path("status").stringValue().equals("ready")) {
                return;
            }
            TimeUnit.MILLISECONDS.sleep(200);
        }
        assertThat(SERVICE.operator().get("/ready").data().path("status").stringValue())
                .isEqualTo("ready");
    }
}
