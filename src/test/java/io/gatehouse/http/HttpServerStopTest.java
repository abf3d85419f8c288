package io.gatehouse.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.config.Settings.Listener;
import io.gatehouse.id.LogIds;
import io.gatehouse.support.Await;
import io.gatehouse.support.BusyClients;
import io.gatehouse.support.TestClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** A listener alone, stopped under clients that never pause and send nothing twice. */
class HttpServerStopTest {

    private static final int CLIENTS = 50;

    /** Without {@link SynFilter} two of three stops lose a request. */
    @RepeatedTest(3)
    @EnabledOnOs(OS.LINUX)
    void everyRequestThatWasSentIsAnswered() throws Exception {
        AtomicBoolean draining = new AtomicBoolean();
        HttpServer server = HttpServer.start(
                new Listener("127.0.0.1", 0),
                "APP_PORT",
                List.of(Route.post("/work", HttpServerStopTest::work)),
                conventions(draining));
        BusyClients clients = BusyClients.start(
                server.port(), "POST /work HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n", CLIENTS);
        assertThat(Await.until(Duration.ofSeconds(10), () -> clients.answered() > 2 * CLIENTS))
                .isTrue();
        draining.set(true);
        server.settle(Duration.ofMillis(200));
        server.close();
        clients.await();

        assertThat(clients.failures()).isEmpty();
        assertThat(clients.ended()).isGreaterThan(CLIENTS);
    }

    private static Reply work(Call call) {
        Await.pause(Duration.ofMillis(2));
        return Reply.ok(call.method());
    }

    private static HttpServer.Conventions conventions(AtomicBoolean draining) {
        return new HttpServer.Conventions(
                "http://localhost",
                false,
                Set.of(),
                List.of(),
                failure -> Optional.empty(),
                new LogIds(0, new TestClock())::next,
                draining::get,
                Duration.ofSeconds(5),
                new SimpleMeterRegistry());
    }
}
