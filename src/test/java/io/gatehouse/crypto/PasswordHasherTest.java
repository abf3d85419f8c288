package io.gatehouse.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.support.Vectors;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class PasswordHasherTest {

    private static final HashParameters CHEAP = new HashParameters(256, 1, 1);

    @Test
    void verifiesHashesOfNodeArgon2() {
        int checked = 0;
        Argon2Hasher hasher = new Argon2Hasher(CHEAP);
        for (JsonNode vector : Vectors.read("argon2.json").path("vectors")) {
            if (vector.path("options").has("secret")
                    || vector.path("name").stringValue().contains("pepper")) {
                continue; // a keyed hash is another feature
            }
            byte[] password =
                    HexFormat.of().parseHex(vector.path("passwordUtf8Hex").stringValue());
            String hash = vector.path("phc").stringValue();
            assertThat(hasher.verify(hash, password))
                    .as(vector.path("name").stringValue())
                    .isTrue();
            assertThat(hasher.verify(hash, "wrong".getBytes(StandardCharsets.UTF_8)))
                    .as(vector.path("name").stringValue())
                    .isFalse();
            checked++;
        }
        assertThat(checked).isEqualTo(13);
    }

    @Test
    void malformedHashesAreANo() {
        try (PasswordHasher hasher = hasher(Duration.ofSeconds(5))) {
            for (JsonNode malformed : Vectors.read("argon2.json").path("malformed")) {
                assertThat(hasher.verify(malformed.path("input").stringValue(), "x"))
                        .as(malformed.toString())
                        .isFalse();
            }
        }
    }

    @Test
    void ownHashesVerifyAndAreCurrent() {
        try (PasswordHasher hasher = hasher(Duration.ofSeconds(5))) {
            String hash = hasher.hash("pässwörd");

            assertThat(hash).startsWith("$argon2id$v=19$m=256,t=1,p=1$");
            assertThat(hasher.verify(hash, "pässwörd")).isTrue();
            assertThat(hasher.verify(hash, "passwörd")).isFalse();
            assertThat(hasher.outdated(hash)).isFalse();
            assertThat(hasher.outdated(hash.replace("t=1", "t=2"))).isTrue();
            assertThat(hasher.outdated(hash.replace("argon2id", "argon2i"))).isTrue();
        }
    }

    @Test
    void nobodyKnowsTheDecoysPassword() {
        try (PasswordHasher hasher = hasher(Duration.ofSeconds(5))) {
            assertThat(hasher.verify(null, "nobody has this password")).isFalse();
        }
    }

    @Test
    void pastTheDeadlineTheCallerIsToldToComeAgain() throws Exception {
        HashParameters slow = new HashParameters(65_536, 20, 1);
        try (PasswordHasher hasher = new PasswordHasher(slow, 1, Duration.ofMillis(400));
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            CountDownLatch started = new CountDownLatch(20);
            var results = IntStream.range(0, 20)
                    .mapToObj(i -> callers.submit(() -> {
                        started.countDown();
                        return hasher.hash("x");
                    }))
                    .toList();
            started.await();
            long busy = results.stream().filter(PasswordHasherTest::busy).count();

            assertThat(busy).isBetween(10L, 20L);
        }
    }

    private static boolean busy(Future<String> result) {
        try {
            result.get();
            return false;
        } catch (java.util.concurrent.ExecutionException e) {
            return e.getCause() instanceof HasherBusyException busy
                    && busy.retryAfter().equals(Duration.ofMillis(400));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static PasswordHasher hasher(Duration deadline) {
        return new PasswordHasher(CHEAP, 2, deadline);
    }
}
