package io.gatehouse.outgoing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.gatehouse.support.Await;
import io.gatehouse.support.LogCapture;
import io.gatehouse.support.RawServer;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.MDC;

@Timeout(60)
class OutgoingClientTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/?flag",
                "/a%2Fb/../c//d/./;x=1,y=2/%0d%0aX:%20y",
                "/a?b=c+d&e=%2B&b=2&&=&f",
                "/a?x=/../?&y=%00%FF",
                "/%E4%BD%A0%25?q=%E5%A5%BD",
                "/~user/(a)/!$&'*:@",
            })
    void urlsArriveAsTheyWereWritten(String path) throws IOException {
        try (RawServer server = RawServer.start(talk -> talk.answer("200 OK", ""));
                Scene scene = Scene.plain()) {
            assertThat(scene.get(server.url() + path).status()).isEqualTo(200);

            assertThat(server.requests().getFirst()).startsWith("GET " + path + " HTTP/1.1\r\n");
        }
    }

    @Test
    void bodiesAndHeadersArriveAsTheyWereWritten() throws IOException {
        try (RawServer server =
                        RawServer.start(talk -> talk.answer("201 Made\r\nX-Seen: a\r\nx-seen: b", "{\"ok\":1}"));
                Scene scene = Scene.plain()) {
            Answer answer = scene.send(Request.postJson(server.url() + "/hook", "{\"name\":\"你好\"}")
                    .header("X-Signature", "v1,abc"));

            assertThat(answer.status()).isEqualTo(201);
            assertThat(answer.successful()).isTrue();
            assertThat(answer.header("X-SEEN")).contains("a, b");
            assertThat(answer.text()).isEqualTo("{\"ok\":1}");
            assertThat(server.requests().getFirst())
                    .startsWith("POST /hook HTTP/1.1\r\n")
                    .contains("Host: 127.0.0.1:%d\r\n".formatted(server.port()))
                    .containsIgnoringCase("Content-Type: application/json\r\n")
                    .containsIgnoringCase("X-Signature: v1,abc\r\n")
                    .containsIgnoringCase("User-Agent: Gatehouse\r\n")
                    .endsWith("\r\n\r\n{\"name\":\"你好\"}");
        }
    }

    @Test
    void answersOfEveryShapeAreRead() throws IOException {
        assertBody("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", "abcde");
        assertBody("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-Trailer: 1\r\n\r\n", "abc");
        assertBody("HTTP/1.1 200 OK\r\n\r\nuntil closed", "until closed");
        assertBody("HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nold", "old");
        assertBody("HTTP/1.1 204 Nothing\r\n\r\n", "");
        assertBody("HTTP/1.1 304 Same\r\nContent-Length: 10\r\n\r\n", "");
        assertBody("HTTP/1.1 200 OK\r\nContent-Length: 65536\r\n\r\n" + "x".repeat(65_536), "x".repeat(65_536));
    }

    private static void assertBody(String raw, String expected) throws IOException {
        try (RawServer server = RawServer.start(talk -> {
                    talk.say(raw);
                    talk.close();
                });
                Scene scene = Scene.plain()) {
            assertThat(scene.get(server.url()).text()).isEqualTo(expected);
        }
    }

    @Test
    void headHasNoBody() throws IOException {
        try (RawServer server = RawServer.start(talk -> talk.say("HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\n"));
                Scene scene = Scene.plain()) {
            Answer answer = scene.send(Request.of(Method.HEAD, server.url()));

            assertThat(answer.length()).isZero();
            assertThat(answer.header("content-length")).contains("999999");
        }
    }

    @Test
    void theLogIdAndWhatIsPassedOnGoAlong() throws IOException {
        try (RawServer server = RawServer.start(talk -> talk.answer("200 OK", ""));
                Scene scene = Scene.with()
                        .passedOn(() -> Map.of(
                                "traceparent", "00-" + Thread.currentThread().threadId()))
                        .open()) {
            try (MDC.MDCCloseable _ = MDC.putCloseable("reqId", "2124856692720992256")) {
                scene.get(server.url());
            }
            scene.get(server.url());

            assertThat(server.requests().get(0))
                    .containsIgnoringCase("\r\nX-Log-Id: 2124856692720992256\r\n")
                    .contains("traceparent: 00-" + Thread.currentThread().threadId());
            assertThat(server.requests().get(1)).doesNotContainIgnoringCase("x-log-id");
        }
    }

    @Test
    void noSecretReachesTheLogAtAnyLevel() throws IOException {
        try (LogCapture log = LogCapture.trace();
                RawServer server = RawServer.start(talk -> talk.answer("500 SECRET\r\nX-A: SECRET", "SECRET"));
                Scene scene = Scene.with().retries(2).open()) {
            for (int i = 0; i < 6; i++) {
                Reason _ = outcome(
                        scene,
                        Request.postJson(server.url() + "/SECRET?SECRET", "SECRET")
                                .header("Authorization", "SECRET")
                                .repeating());
            }

            assertThat(log.lines()).anyMatch(line -> line.contains("outgoing breaker changed"));
            assertThat(log.lines()).noneMatch(line -> line.contains("SECRET"));
        }
    }

    @Test
    void connectionsAreKeptForWhatMayBeRepeated() throws IOException {
        try (RawServer server = RawServer.start(talk -> talk.answer("200 OK", "x"));
                Scene scene = Scene.plain()) {
            for (int i = 0; i < 10; i++) {
                scene.get(server.url());
            }
            assertThat(server.connections()).isEqualTo(1);

            scene.send(Request.postJson(server.url(), "{}"));
            assertThat(server.connections()).isEqualTo(2);
        }
    }

    @Test
    void connectionThatTheTargetClosedMeanwhileIsReplaced() throws IOException {
        try (RawServer server = RawServer.start(talk -> {
                    talk.answer("200 OK", "x");
                    talk.close();
                });
                Scene scene = Scene.plain()) {
            for (int i = 0; i < 10; i++) {
                assertThat(scene.get(server.url()).text()).isEqualTo("x");
            }
            assertThat(server.connections()).isEqualTo(10);
        }
    }

    @Test
    void connectionWithBytesTooManyIsNotKept() throws IOException {
        try (RawServer server = RawServer.start(
                        talk -> talk.say("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nxHTTP/1.1 200 Evil\r\n"));
                Scene scene = Scene.plain()) {
            for (int i = 0; i < 3; i++) {
                assertThat(scene.get(server.url()).text()).isEqualTo("x");
            }
            assertThat(server.connections()).isEqualTo(3);
        }
    }

    @Test
    void moreCallsThanConnectionsWaitAndThenFail() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        try (RawServer server = RawServer.start(talk -> {
                    Await.until(Duration.ofSeconds(30), () -> release.getCount() == 0);
                    talk.answer("200 OK", "");
                });
                Scene scene = Scene.with()
                        .connections(1)
                        .connect(Duration.ofMillis(300))
                        .open()) {
            Thread first = Thread.ofVirtual().start(() -> scene.get(server.url()));
            assertThat(Await.until(
                            Duration.ofSeconds(10), () -> server.requests().size() == 1))
                    .isTrue();

            assertThat(outcome(scene, Request.get(server.url()))).isEqualTo(Reason.BUSY);

            release.countDown();
            assertThat(first.join(Duration.ofSeconds(20))).isTrue();
            assertThat(scene.get(server.url()).status()).isEqualTo(200);
        }
    }

    @Test
    void interruptsEndACall() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        try (RawServer server = RawServer.start(_ -> {
                    asked.incrementAndGet();
                    Await.pause(Duration.ofSeconds(50));
                });
                Scene scene = Scene.plain()) {
            Reason[] seen = new Reason[1];
            Thread caller = Thread.ofVirtual().start(() -> seen[0] = outcome(scene, Request.get(server.url())));
            assertThat(Await.until(Duration.ofSeconds(10), () -> asked.get() == 1))
                    .isTrue();

            caller.interrupt();

            assertThat(caller.join(Duration.ofSeconds(15))).isTrue();
            assertThat(seen[0]).isEqualTo(Reason.INTERRUPTED);
        }
    }

    @Test
    void attemptsAreTimedByClientMethodAndOutcome() throws IOException {
        try (RawServer server = RawServer.start(talk -> talk.answer("404 Nothing", ""));
                Scene scene = Scene.plain()) {
            scene.get(server.url());
            assertThat(outcome(scene, Request.get("http://10.0.0.1/"))).isEqualTo(Reason.REFUSED_ADDRESS);

            for (String outcome : new String[] {"4xx", "refused_address"}) {
                assertThat(scene.meters
                                .get("http.client.request.duration")
                                .tags("client", "test", "http.request.method", "GET", "outcome", outcome)
                                .timer()
                                .count())
                        .isEqualTo(1);
            }
            assertThat(scene.meters
                            .get("http.client.request.duration")
                            .tags("outcome", "4xx")
                            .timer()
                            .totalTime(TimeUnit.NANOSECONDS))
                    .isPositive();
        }
    }

    @Test
    void headersThatFrameAMessageAreNotForCallers() {
        Request get = Request.get("http://example.com/");
        for (String name :
                new String[] {"Host", "content-length", "Transfer-Encoding", "Connection", "a b", "", "x:y"}) {
            assertThatThrownBy(() -> get.header(name, "x")).isInstanceOf(IllegalArgumentException.class);
        }
        for (String value : new String[] {"a\r\nb: c", "a\nb", "a\0", "ü"}) {
            assertThatThrownBy(() -> get.header("X", value)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> get.body("x")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void unknownClientsAreRefused() {
        try (Scene scene = Scene.plain()) {
            assertThat(scene.client()).isNotNull();
        }
        try (Outgoing none = Outgoing.open(Map.of(), Clock.systemUTC(), Map::of, Scene.plain().meters)) {
            assertThatThrownBy(() -> none.client("webhook")).isInstanceOf(IllegalArgumentException.class);
        }
    }

    private static Reason outcome(Scene scene, Request request) {
        OutgoingException e = catchThrowableOfType(OutgoingException.class, () -> scene.send(request));
        // 500s are answers until the breaker opens.
        return e == null ? Reason.BAD_ANSWER : e.reason();
    }
}
