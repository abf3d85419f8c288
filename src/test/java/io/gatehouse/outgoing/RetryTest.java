package io.gatehouse.outgoing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.gatehouse.support.Await;
import io.gatehouse.support.RawServer;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RetryTest {

    @Test
    void whatIsIdempotentIsTriedAgain() throws IOException {
        AtomicInteger asked = new AtomicInteger();
        try (RawServer server = RawServer.start(talk -> {
                    if (asked.incrementAndGet() < 3) {
                        talk.answer("503 Later", "");
                    } else {
                        talk.answer("200 OK", "at last");
                    }
                });
                Scene scene = Scene.with().retries(2).open()) {
            assertThat(scene.get(server.url()).text()).isEqualTo("at last");

            assertThat(asked).hasValue(3);
            assertThat(scene.count("gatehouse.outgoing.retries", "client", "test"))
                    .isEqualTo(2);
        }
    }

    @Test
    void attemptsEndAndTheLastAnswerCounts() throws IOException {
        try (RawServer server = RawServer.start(talk -> talk.answer("503 Later", "no"));
                Scene scene = Scene.with().retries(2).open()) {
            assertThat(scene.get(server.url()).status()).isEqualTo(503);
            assertThat(server.requests()).hasSize(3);
        }
    }

    @Test
    void postsAreSentOnceUnlessTheTargetKnowsThemAgain() throws IOException {
        try (RawServer server = RawServer.start(RawServer.Talk::reset);
                Scene scene = Scene.with().retries(2).open()) {
            Request post = Request.postJson(server.url(), "{}");
            assertThat(reason(scene, post)).isEqualTo(Reason.RESET);
            assertThat(server.requests()).hasSize(1);

            assertThat(reason(scene, post.header("Idempotency-Key", "1").repeating()))
                    .isEqualTo(Reason.RESET);
            assertThat(server.requests()).hasSize(4);
        }
    }

    @Test
    void clientErrorsAreFinal() throws IOException {
        try (RawServer server = RawServer.start(talk -> talk.answer("404 Nothing", ""));
                Scene scene = Scene.with().retries(2).open()) {
            assertThat(scene.get(server.url()).status()).isEqualTo(404);
            assertThat(server.requests()).hasSize(1);
        }
    }

    @Test
    void theTargetsOwnPauseIsKept() throws IOException {
        AtomicInteger asked = new AtomicInteger();
        try (RawServer server = RawServer.start(talk -> {
                    if (asked.incrementAndGet() == 1) {
                        talk.answer("429 Slowly\r\nRetry-After: 1", "");
                    } else {
                        talk.answer("200 OK", "");
                    }
                });
                Scene scene = Scene.with().retries(2).open()) {
            Duration took = Await.timed(
                    () -> assertThat(scene.get(server.url()).status()).isEqualTo(200));

            assertThat(took).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
        }
    }

    @Test
    void noPauseOutlastsTheCall() throws IOException {
        try (RawServer server = RawServer.start(talk -> talk.answer("429 Slowly\r\nRetry-After: 3600", ""));
                Scene scene = Scene.with().retries(2).open()) {
            assertThat(scene.get(server.url()).status()).isEqualTo(429);
            assertThat(server.requests()).hasSize(1);
        }
    }

    /** A target in trouble gets a tenth more load and ten calls, not three times as much. */
    @Test
    void theBudgetBoundsAllAttemptsTogether() throws IOException {
        try (RawServer server = RawServer.start(talk -> talk.answer("429 Slowly", ""));
                Scene scene = Scene.with().retries(5).open()) {
            int calls = 60;

            IntStream.range(0, calls)
                    .forEach(_ -> assertThat(scene.get(server.url()).status()).isEqualTo(429));

            assertThat(server.requests()).hasSizeBetween(calls + 10, calls + 10 + calls / 10);
        }
    }

    @Test
    void pausesGrowAndAreNeverTwiceTheSame() {
        Retries retries = new Retries(new Random(7), Clock.systemUTC());
        Attempt failed = new Attempt.Failed(OutgoingException.of(Reason.RESET, "h", "broke"));

        for (int attempts = 1; attempts < 12; attempts++) {
            long most = Math.min(2000, 100L << (attempts - 1));
            int nth = attempts;
            Duration[] pauses = IntStream.range(0, 200)
                    .mapToObj(_ -> retries.pause(failed, nth).orElseThrow())
                    .toArray(Duration[]::new);
            assertThat(pauses).allMatch(pause -> !pause.isNegative() && pause.toMillis() <= most);
            assertThat(pauses).doesNotHaveDuplicates();
            assertThat(pauses).anyMatch(pause -> pause.toMillis() > most / 2);
        }
    }

    @Test
    void retryAfterIsSecondsOrADate() {
        Clock noon = Clock.fixed(Instant.parse("2026-11-27T12:00:00Z"), ZoneOffset.UTC);
        Retries retries = new Retries(new Random(1), noon);

        assertThat(pause(retries, "30")).contains(Duration.ofSeconds(30));
        assertThat(pause(retries, "Fri, 27 Nov 2026 12:01:00 GMT")).contains(Duration.ofMinutes(1));
        for (String nonsense : new String[] {"soon", "-5", "99999999999", "Fri, 27 Nov 2026 11:00:00 GMT"}) {
            assertThat(pause(retries, nonsense).orElseThrow()).isLessThanOrEqualTo(Duration.ofMillis(100));
        }
    }

    private static Optional<Duration> pause(Retries retries, String retryAfter) {
        Answer answer = new Answer(503, Map.of("retry-after", retryAfter), new byte[0]);
        return retries.pause(new Attempt.Answered(answer), 1);
    }

    private static Reason reason(Scene scene, Request request) {
        OutgoingException e = catchThrowableOfType(OutgoingException.class, () -> scene.send(request));
        assertThat(e).isNotNull();
        return e.reason();
    }
}
