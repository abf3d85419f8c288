package io.gatehouse.outgoing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.management.ThreadMXBean;
import io.gatehouse.support.Await;
import io.gatehouse.support.RawServer;
import io.gatehouse.support.RawServer.Script;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Targets that try to keep a caller for ever or to fill its memory. */
@Timeout(60)
class HostileTargetsTest {

    private static final int ENDLESS = Integer.MAX_VALUE;
    private static final byte[] BLOCK = "x".repeat(64 * 1024).getBytes(StandardCharsets.US_ASCII);

    /** What sockets hold on both sides, beside what the client takes. */
    private static final long IN_SOCKETS = 16L << 20;

    /** How a body can be without end. */
    enum Endless {
        LENGTH("Content-Length: 4000000000", ""),
        UNTIL_CLOSED("Connection: close", ""),
        ONE_CHUNK("Transfer-Encoding: chunked", "7fffffff\r\n"),
        MANY_CHUNKS("Transfer-Encoding: chunked", "");

        private final String header;
        private final String start;

        Endless(String header, String start) {
            this.header = header;
            this.start = start;
        }

        void play(RawServer.Talk talk) throws IOException {
            talk.say("HTTP/1.1 200 OK\r\n" + header + "\r\n\r\n" + start);
            for (int i = 0; i < ENDLESS; i++) {
                if (this == MANY_CHUNKS) {
                    talk.say("10000\r\n");
                    talk.say(BLOCK);
                    talk.say("\r\n");
                } else {
                    talk.say(BLOCK);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void endlessBodiesAreCutAtTheLimit(Endless kind) throws IOException {
        try (RawServer server = RawServer.start(kind::play);
                Scene scene = Scene.plain()) {
            assertThat(failure(scene, server)).isEqualTo(Reason.TOO_LARGE);

            assertThat(server.sent()).isLessThan(IN_SOCKETS);
        }
    }

    /** Allocated by the calling thread, which reads: what the body limit and the head's allow, and not more. */
    @ParameterizedTest
    @EnumSource
    void endlessBodiesLeaveTheHeapFlat(Endless kind) throws IOException {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (RawServer server = RawServer.start(kind::play);
                Scene scene = Scene.plain()) {
            failure(scene, server);
            long before = threads.getCurrentThreadAllocatedBytes();

            failure(scene, server);

            assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(1 << 20);
        }
    }

    @Test
    void compressedBombsStayCompressed() throws IOException {
        byte[] bomb = gzip(32 << 20);
        assertThat(bomb.length).isLessThan(64 * 1024);
        try (RawServer server = RawServer.start(talk -> {
                    talk.say("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n"
                            .formatted(bomb.length));
                    talk.say(bomb);
                });
                Scene scene = Scene.plain()) {
            Answer answer = scene.get(server.url());

            assertThat(server.requests().getFirst()).containsIgnoringCase("Accept-Encoding: identity\r\n");
            assertThat(answer.bytes()).isEqualTo(bomb);
            assertThat(answer.encoded()).isTrue();
            assertThat(catchThrowableOfType(IllegalStateException.class, answer::text))
                    .isNotNull();
        }
    }

    @Test
    void silenceEndsWithTheReadTimeout() throws IOException {
        try (RawServer server = RawServer.start(_ -> Await.pause(Duration.ofSeconds(50)));
                Scene scene = Scene.with().read(Duration.ofMillis(300)).open()) {
            assertThat(failure(scene, server)).isEqualTo(Reason.READ_TIMEOUT);
        }
    }

    @Test
    void drippingHeadsEndWithTheTotalTimeout() throws IOException {
        assertDripEnds("HTTP/1.1 200 OK\r\nX-Long: ");
    }

    @Test
    void drippingBodiesEndWithTheTotalTimeout() throws IOException {
        assertDripEnds("HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n");
    }

    private static void assertDripEnds(String start) throws IOException {
        Script drip = talk -> {
            talk.say(start);
            for (int i = 0; i < ENDLESS; i++) {
                talk.say("x");
                Await.pause(Duration.ofMillis(50));
            }
        };
        try (RawServer server = RawServer.start(drip);
                Scene scene = Scene.with()
                        .read(Duration.ofSeconds(5))
                        .total(Duration.ofMillis(700))
                        .open()) {
            assertThat(failure(scene, server)).isEqualTo(Reason.TOTAL_TIMEOUT);
        }
    }

    /** A socket has no timeout for writing. */
    @Test
    void targetsThatDoNotReadEndWithTheTotalTimeout() throws IOException {
        try (ServerSocket deaf = new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"));
                Scene scene = Scene.with().total(Duration.ofMillis(700)).open()) {
            String body = "x".repeat(32 << 20);
            Request request = Request.postJson("http://127.0.0.1:" + deaf.getLocalPort(), body);

            assertThat(failure(scene, request)).isEqualTo(Reason.TOTAL_TIMEOUT);
        }
    }

    @Test
    void handshakesThatNeverComeEndWithTheConnectTimeout() throws IOException {
        try (ServerSocket deaf = new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"));
                Scene scene = Scene.with().connect(Duration.ofMillis(300)).open()) {
            Request request = Request.get("https://127.0.0.1:" + deaf.getLocalPort());

            assertThat(failure(scene, request)).isEqualTo(Reason.CONNECT_TIMEOUT);
        }
    }

    @Test
    void resetsAndEarlyEndsAreTold() throws IOException {
        assertOutcome(RawServer.Talk::reset, Reason.RESET);
        assertOutcome(RawServer.Talk::close, Reason.RESET);
        assertOutcome(
                talk -> {
                    talk.say("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
                    talk.close();
                },
                Reason.RESET);
        assertOutcome(
                talk -> {
                    talk.say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\nhalf");
                    talk.close();
                },
                Reason.RESET);
    }

    @Test
    void redirectsAreNotFollowed() throws IOException {
        try (RawServer other = RawServer.start(talk -> talk.answer("200 OK", "secret"))) {
            for (int status : new int[] {301, 302, 303, 307, 308}) {
                assertOutcome(
                        talk -> talk.answer("%d Elsewhere\r\nLocation: %s/".formatted(status, other.url()), ""),
                        Reason.REDIRECTED);
            }
            assertThat(other.connections()).isZero();
        }
    }

    /** At once: a broken chunk must not be followed by a wait for the next one. */
    @Test
    @Timeout(15)
    void whatIsNoHttpIsTold() throws IOException {
        assertOutcome(talk -> talk.say("SSH-2.0-OpenSSH_9.9\r\n" + "x".repeat(1000) + "\r\n"), Reason.BAD_ANSWER);
        assertOutcome(talk -> talk.say("HTTP/1.1 abc OK\r\n\r\n"), Reason.BAD_ANSWER);
        assertOutcome(talk -> talk.say("HTTP/1.1 103 Early\r\nLink: x\r\n\r\n"), Reason.BAD_ANSWER);
        assertOutcome(talk -> talk.say("HTTP/1.1 999 What\r\nContent-Length: 0\r\n\r\n"), Reason.BAD_ANSWER);
        assertOutcome(talk -> talk.say("HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n"), Reason.BAD_ANSWER);
        assertOutcome(talk -> talk.say("HTTP/1.1 200 OK\r\nContent-Length: no\r\n\r\n"), Reason.BAD_ANSWER);
        assertOutcome(
                talk -> talk.say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"), Reason.BAD_ANSWER);
        assertOutcome(
                talk -> talk.say("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"),
                Reason.BAD_ANSWER);
        assertOutcome(
                talk -> talk.say("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
                Reason.BAD_ANSWER);
    }

    @Test
    void headsWithoutEndAreCut() throws IOException {
        assertOutcome(
                talk -> {
                    talk.say("HTTP/1.1 200 OK\r\nX-Long: ");
                    for (int i = 0; i < ENDLESS; i++) {
                        talk.say(BLOCK);
                    }
                },
                Reason.BAD_ANSWER);
        assertOutcome(
                talk -> {
                    talk.say("HTTP/1.1 200 OK\r\n");
                    for (int i = 0; i < ENDLESS; i++) {
                        talk.say("X-Header-%d: x\r\n".formatted(i));
                    }
                },
                Reason.BAD_ANSWER);
    }

    @Test
    void theMessageNamesTheHostAndNothingThatWasSaid() throws IOException {
        try (RawServer server = RawServer.start(talk -> talk.say("SECRET-ANSWER\r\n\r\n"));
                Scene scene = Scene.plain()) {
            Request request = new Request(
                    Method.GET,
                    server.url() + "/SECRET-PATH?SECRET-QUERY",
                    Map.of("Authorization", "SECRET"),
                    "",
                    true);

            OutgoingException e = catchThrowableOfType(OutgoingException.class, () -> scene.send(request));

            assertThat(e).hasMessageStartingWith("127.0.0.1: ").hasNoCause();
            assertThat(e.toString() + request).doesNotContain("SECRET");
        }
    }

    private static void assertOutcome(Script script, Reason expected) throws IOException {
        try (RawServer server = RawServer.start(script);
                Scene scene = Scene.plain()) {
            assertThat(failure(scene, server)).isEqualTo(expected);
        }
    }

    private static Reason failure(Scene scene, RawServer server) {
        return failure(scene, Request.get(server.url() + "/"));
    }

    private static Reason failure(Scene scene, Request request) {
        OutgoingException e = catchThrowableOfType(OutgoingException.class, () -> scene.send(request));
        assertThat(e).isNotNull();
        return e.reason();
    }

    private static byte[] gzip(int zeros) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(new byte[zeros]);
        }
        return bytes.toByteArray();
    }
}
