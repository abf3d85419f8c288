package io.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.support.Await;
import io.gatehouse.support.BusyClients;
import io.gatehouse.support.EmptyDatabases;
import io.gatehouse.support.Replica;
import io.gatehouse.support.ServeProcess;
import io.gatehouse.support.TestClient.Answer;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** SIGTERM of a service whose clients keep their connections and never pause. */
class DrainTest {

    private static final Duration PROMISE = Duration.ofSeconds(15);

    @RegisterExtension
    private static final EmptyDatabases DATABASES = new EmptyDatabases();

    @TempDir
    private Path folder;

    @Test
    void readinessGoesDownAndEveryRequestIsAnswered() throws Exception {
        try (ServeProcess serve = ServeProcess.serve(folder, Replica.environment(DATABASES.stores()))) {
            String cookie = Replica.signIn(serve.client(), "busy@example.com");
            BusyClients clients = BusyClients.start(
                    URI.create(serve.client().base()).getPort(),
                    "GET /api/session HTTP/1.1\r\nHost: localhost\r\nCookie: %s\r\n\r\n".formatted(cookie),
                    16);
            Await.pause(Duration.ofMillis(500));
            assertThat(clients.ended()).as("kept alive").isZero();

            long begun = System.nanoTime();
            serve.signal();
            assertThat(Await.until(Duration.ofSeconds(2), () -> ready(serve).status() == 503))
                    .isTrue();
            assertThat(ready(serve).response().body()).contains("draining");
            assertThat(serve.client().with("Cookie", cookie).get("/api/session").header("Connection"))
                    .isEqualToIgnoringCase("close");

            assertThat(serve.exitCode()).as(serve.output()).isZero();
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(PROMISE);
            clients.await();
            assertThat(clients.failures()).isEmpty();
            assertThat(clients.ended()).isGreaterThan(16);
        }
    }

    private static Answer ready(ServeProcess serve) {
        return serve.operator().get("/ready");
    }
}
