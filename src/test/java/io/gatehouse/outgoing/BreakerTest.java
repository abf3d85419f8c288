package io.gatehouse.outgoing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.gatehouse.support.Await;
import io.gatehouse.support.LogCapture;
import io.gatehouse.support.RawServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BreakerTest {

    private static final int FAILURES = 5;

    @Test
    void deadTargetCostsItsCallersNothingOnceOpen() throws IOException {
        try (RawServer server = RawServer.start(RawServer.Talk::reset);
                Scene scene = Scene.plain()) {
            IntStream.range(0, FAILURES)
                    .forEach(_ -> assertThat(reason(scene, server.url())).isEqualTo(Reason.RESET));
            assertThat(reason(scene, server.url())).isEqualTo(Reason.CIRCUIT_OPEN);
            int before = server.connections();

            List<Duration> took = IntStream.range(0, 1000)
                    .mapToObj(_ -> Await.timed(
                            () -> assertThat(reason(scene, server.url())).isEqualTo(Reason.CIRCUIT_OPEN)))
                    .sorted()
                    .toList();

            // Of a thousand, so that a pause of the machine is not taken for one of ours.
            assertThat(took.get(989)).isLessThan(Duration.ofMillis(10));
            assertThat(server.connections()).isEqualTo(before);
        }
    }

    @Test
    void otherOriginsAreStillAsked() throws IOException {
        try (RawServer dead = RawServer.start(RawServer.Talk::reset);
                RawServer alive = RawServer.start(talk -> talk.answer("200 OK", "alive"));
                Scene scene = Scene.plain()) {
            open(scene, dead.url());

            assertThat(scene.get(alive.url()).text()).isEqualTo("alive");
        }
    }

    @Test
    void everyChangeIsOneLineAndOneCount() throws IOException {
        int port = freePort();
        String url = "http://127.0.0.1:" + port;
        try (LogCapture log = LogCapture.info();
                Scene scene = Scene.with().rest(Duration.ofMillis(200)).open()) {
            open(scene, url);
            assertThat(states(log)).containsExactly("open");
            assertThat(scene.count("gatehouse.outgoing.breaker.changes", "to", "open"))
                    .isEqualTo(1);
            assertThat(scene.meters
                            .get("gatehouse.outgoing.breakers.open")
                            .gauge()
                            .value())
                    .isEqualTo(1);

            try (RawServer server = RawServer.on(port, talk -> talk.answer("200 OK", "back"))) {
                assertThat(Await.until(Duration.ofSeconds(20), () -> answers(scene, url)))
                        .isTrue();
                assertThat(server.connections()).isPositive();
            }

            assertThat(states(log)).containsExactly("open", "half_open", "closed");
            for (String state : List.of("open", "half_open", "closed")) {
                assertThat(scene.count("gatehouse.outgoing.breaker.changes", "client", "test", "to", state))
                        .isEqualTo(1);
            }
            assertThat(scene.meters
                            .get("gatehouse.outgoing.breakers.open")
                            .gauge()
                            .value())
                    .isZero();
        }
    }

    @Test
    void serverErrorsCountAndClientErrorsDoNot() throws IOException {
        try (RawServer broken = RawServer.start(talk -> talk.answer("500 Broken", ""));
                RawServer strict = RawServer.start(talk -> talk.answer("422 No", ""));
                Scene scene = Scene.plain()) {
            for (int i = 0; i < FAILURES; i++) {
                assertThat(scene.get(broken.url()).status()).isEqualTo(500);
            }
            for (int i = 0; i < 2 * FAILURES; i++) {
                assertThat(scene.get(strict.url()).status()).isEqualTo(422);
            }

            assertThat(reason(scene, broken.url())).isEqualTo(Reason.CIRCUIT_OPEN);
        }
    }

    @Test
    void refusalsOfOursBlameNobody() {
        try (Scene scene = Scene.with().addresses().open()) {
            for (int i = 0; i < 3 * FAILURES; i++) {
                assertThat(reason(scene, "http://127.0.0.1:1/")).isEqualTo(Reason.REFUSED_ADDRESS);
            }
        }
    }

    private static void open(Scene scene, String url) {
        for (int i = 0; i < FAILURES; i++) {
            assertThat(reason(scene, url)).isNotEqualTo(Reason.CIRCUIT_OPEN);
        }
    }

    private static boolean answers(Scene scene, String url) {
        try {
            return scene.get(url).successful();
        } catch (OutgoingException e) {
            return false;
        }
    }

    private static List<String> states(LogCapture log) {
        return log.lines().stream()
                .filter(line -> line.contains("outgoing breaker changed"))
                .map(line -> line.replaceAll("(?s).*\"state\":\"(\\w+)\".*", "$1"))
                .toList();
    }

    private static Reason reason(Scene scene, String url) {
        OutgoingException e = catchThrowableOfType(OutgoingException.class, () -> scene.get(url));
        assertThat(e).isNotNull();
        return e.reason();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }
}
