package io.gatehouse.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.crypto.PasswordHasher.Verdict;
import io.gatehouse.crypto.Peppers.Pepper;
import io.gatehouse.support.Await;
import io.gatehouse.support.LogCapture;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PasswordHasherTest {

    private static final HashParameters CHEAP = new HashParameters(256, 1, 1);
    private static final Pepper OLD = pepper("2025");
    private static final Pepper NEW = pepper("2026");
    private static final String NFC = "caf\u00e9-password-15";
    private static final String NFD = "cafe\u0301-password-15";

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    @Test
    void ownHashesVerifyAndAreCurrent() {
        try (PasswordHasher hasher = hasher()) {
            String hash = hasher.hash("p\u00e4ssw\u00f6rd");

            assertThat(hash).startsWith("$argon2id$v=19$m=256,t=1,p=1$");
            assertThat(verify(hasher, hash, "p\u00e4ssw\u00f6rd")).isEqualTo(Verdict.RIGHT);
            assertThat(verify(hasher, hash, "passw\u00f6rd")).isEqualTo(Verdict.WRONG);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // Of "password", by libargon2 with other types, versions and costs; made by node argon2 0.44.
                "$argon2i$v=19$m=1024,t=3,p=1$unaZKmB5B0MRKFM0F33dpQ$H8E84S4XI4XgqBnTA+ZPAOfWOt9NZ2z2hgG2T+vZQNo",
                "$argon2d$v=19$m=1024,t=1,p=2$UeDtXAAPMgWoi8qUmLOZIg$SlAwLNRiA/g8BZogvbMrmyMgn92dv4x4GAE01BdiL5U"
            })
    void anyOtherTypeOrCostIsOutdated(String hash) {
        try (PasswordHasher hasher = hasher()) {
            assertThat(verify(hasher, hash, "password")).isEqualTo(Verdict.OUTDATED);
        }
    }

    @Test
    void everySingleParameterCounts() {
        PasswordHash hash = new Argon2Hasher(CHEAP, Peppers.NONE).hash(bytes("x"));

        assertThat(hash.differs(CHEAP, hash.pepper())).isFalse();
        assertThat(hash.differs(new HashParameters(257, 1, 1), hash.pepper())).isTrue();
        assertThat(hash.differs(new HashParameters(256, 2, 1), hash.pepper())).isTrue();
        assertThat(hash.differs(new HashParameters(256, 1, 2), hash.pepper())).isTrue();
        assertThat(differs(hash.text().replace("argon2id", "argon2i"))).isTrue();
        assertThat(differs(hash.text().replace("argon2id", "argon2d"))).isTrue();
        assertThat(differs(hash.text().replace("v=19", "v=16"))).isTrue();
        assertThat(differs(hash.text())).isFalse();
    }

    /** The Node service hashed what was typed. */
    @Test
    void theTypedFormIsTriedAfterTheNormalisedOne() {
        try (PasswordHasher hasher = hasher()) {
            String asTyped = hasher.hash(NFD);
            String normalised = hasher.hash(NFC);

            assertThat(hasher.verify(asTyped, List.of(NFC, NFD))).isEqualTo(Verdict.OUTDATED);
            assertThat(hasher.verify(normalised, List.of(NFC, NFD))).isEqualTo(Verdict.RIGHT);
            assertThat(hasher.verify(asTyped, List.of(NFC))).isEqualTo(Verdict.WRONG);
        }
    }

    @Test
    void nobodyHasTheDecoysPassword() {
        try (PasswordHasher hasher = hasher()) {
            assertThat(hasher.verify(null, List.of(""))).isEqualTo(Verdict.WRONG);
        }
    }

    @Test
    void aPepperIsNamedInTheHashAndWithoutItNothingVerifies() {
        try (PasswordHasher peppered = hasher(NEW);
                PasswordHasher plain = hasher();
                LogCapture log = LogCapture.info()) {
            String hash = peppered.hash("secret word");

            // keyid is base64 of "2026".
            assertThat(hash).startsWith("$argon2id$v=19$m=256,t=1,p=1,keyid=MjAyNg$");
            assertThat(verify(peppered, hash, "secret word")).isEqualTo(Verdict.RIGHT);
            // Nobody can say whether it is right: 503 and no failed guess.
            assertThatThrownBy(() -> verify(plain, hash, "secret word")).isInstanceOf(HasherBusyException.class);
            assertThat(verify(plain, hash.replace(",keyid=MjAyNg", ""), "secret word"))
                    .isEqualTo(Verdict.WRONG);
            assertThat(log.lines()).anyMatch(line -> line.contains("PASSWORD_PEPPERS lacks") && line.contains("2026"));
        }
    }

    @Test
    void peppersRotateAndComeToOlderHashesLazily() {
        try (PasswordHasher plain = hasher();
                PasswordHasher old = hasher(OLD);
                PasswordHasher rotated = hasher(NEW, OLD)) {
            assertThat(verify(rotated, plain.hash("secret word"), "secret word"))
                    .isEqualTo(Verdict.OUTDATED);
            assertThat(verify(rotated, old.hash("secret word"), "secret word")).isEqualTo(Verdict.OUTDATED);
            assertThat(verify(rotated, old.hash("secret word"), "other word")).isEqualTo(Verdict.WRONG);
            assertThat(verify(rotated, rotated.hash("secret word"), "secret word"))
                    .isEqualTo(Verdict.RIGHT);
        }
    }

    /** The first step of a pepper's roll-out: every replica knows it before any uses it. */
    @Test
    void aPepperMayVerifyAndNotYetBeUsed() {
        try (PasswordHasher staged = hasher(new Peppers(Optional.empty(), List.of(NEW)));
                PasswordHasher ahead = hasher(NEW)) {
            assertThat(staged.hash("secret word")).doesNotContain("keyid");
            assertThat(verify(staged, ahead.hash("secret word"), "secret word")).isEqualTo(Verdict.OUTDATED);
        }
    }

    @Test
    void aRenewalDoesNotWaitBehindOthers() throws Exception {
        HashParameters slow = new HashParameters(65_536, 20, 1);
        try (PasswordHasher hasher = new PasswordHasher(slow, Peppers.NONE, 1, Duration.ofSeconds(30), meters);
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<String>> hashes = Stream.generate(() -> callers.submit(() -> hasher.hash("x")))
                    .limit(3)
                    .toList();
            assertThat(Await.until(
                            Duration.ofSeconds(10),
                            () -> meters.get("gatehouse.password.hashes.queued")
                                            .gauge()
                                            .value()
                                    > 0))
                    .isTrue();

            assertThatThrownBy(() -> hasher.renew("x")).isInstanceOf(HasherBusyException.class);
            for (Future<String> hash : hashes) {
                assertThat(hash.get()).startsWith("$argon2id$");
            }
            assertThat(hasher.renew("x")).startsWith("$argon2id$");
        }
    }

    @Test
    void pastTheDeadlineTheCallerIsToldToComeAgain() throws Exception {
        HashParameters slow = new HashParameters(65_536, 20, 1);
        Peppers none = Peppers.NONE;
        try (PasswordHasher hasher = new PasswordHasher(slow, none, 1, Duration.ofMillis(400), meters);
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            CountDownLatch started = new CountDownLatch(20);
            var results = IntStream.range(0, 20)
                    .mapToObj(i -> callers.submit(() -> {
                        started.countDown();
                        return hasher.hash("x");
                    }))
                    .toList();
            started.await();
            long busy = results.stream()
                    .filter(result -> busy(result, Duration.ofMillis(400)))
                    .count();

            assertThat(busy).isBetween(10L, 20L);
            assertThat(meters.get("gatehouse.password.hashes.rejected")
                            .counter()
                            .count())
                    .isEqualTo((double) busy);
            assertThat(meters.get("gatehouse.password.hashes.queued").gauge().value())
                    .isZero();
        }
    }

    /** With one deadline for the wait and the work, a full queue begins all it does shortly before its deadline. */
    @Test
    void whatHasBegunIsFinishedForSomebodyAndNothingElseIsBegun() throws Exception {
        CountDownLatch finish = new CountDownLatch(1);
        AtomicInteger begun = new AtomicInteger();
        try (HashPool pool = new HashPool(1, Duration.ofSeconds(1), meters);
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> results = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                results.add(callers.submit(() -> pool.run(() -> {
                    finish.await();
                    return begun.incrementAndGet();
                })));
            }
            boolean othersRefused = Await.until(
                    Duration.ofSeconds(20),
                    () -> results.stream().filter(Future::isDone).count() >= 9);
            // A slow one: longer than its caller would have waited for its turn.
            Await.pause(Duration.ofSeconds(1));
            finish.countDown();

            assertThat(othersRefused).isTrue();
            assertThat(results.stream()
                            .filter(result -> busy(result, Duration.ofSeconds(1)))
                            .count())
                    .isEqualTo(9);
            assertThat(begun).hasValue(1);
        }
    }

    /** With the threads that libargon2 starts for its lanes. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void hashingGivesWayToRequests() throws Exception {
        HashParameters slow = new HashParameters(65_536, 10, 4);
        try (PasswordHasher hasher = new PasswordHasher(slow, Peppers.NONE, 1, Duration.ofSeconds(30), meters);
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            // The pool starts its thread with the first work, and it becomes nice a moment later.
            hasher.hash("x");
            Future<String> hash = callers.submit(() -> hasher.hash("x"));
            int usual = nicenessOf("VM Thread").getFirst();
            List<Integer> lanes = List.of();
            while (!hash.isDone()) {
                List<Integer> now = nicenessOf("argon2-0");
                lanes = now.size() > lanes.size() ? now : lanes;
            }

            assertThat(hash.get()).startsWith("$argon2id$");
            assertThat(lanes).hasSizeGreaterThan(1).containsOnly(usual + 10);
            // The pool's other thread starts threads of the JDK; whoever a nice one starts is nice for ever.
            assertThat(nicenessOf("hashes-0")).containsOnly(usual);
        }
    }

    @Test
    void permitsFollowProcessorsAndMemory() {
        HashParameters usual = new HashParameters(65_536, 3, 4);
        long plenty = 1L << 34;

        assertThat(usual.permits(2, plenty)).isEqualTo(1);
        assertThat(usual.permits(16, plenty)).isEqualTo(4);
        assertThat(usual.permits(16, 200L << 20)).isEqualTo(3);
        assertThat(usual.permits(16, -5)).isEqualTo(1);
    }

    @Test
    void owaspsMinimaAreStrongEnoughAndAnythingBelowIsNot() {
        assertThat(new HashParameters(19_456, 2, 1).strong()).isTrue();
        assertThat(new HashParameters(7_168, 5, 1).strong()).isTrue();
        assertThat(new HashParameters(65_536, 3, 4).strong()).isTrue();
        assertThat(new HashParameters(19_455, 2, 1).strong()).isFalse();
        assertThat(new HashParameters(19_456, 1, 1).strong()).isFalse();
        assertThat(new HashParameters(7_000, 50, 1).strong()).isFalse();
    }

    /** Of this process's threads of that name, from {@code /proc}. */
    private static List<Integer> nicenessOf(String name) throws IOException {
        List<Integer> found = new ArrayList<>();
        try (Stream<Path> threads = Files.list(Path.of("/proc/self/task"))) {
            for (Path thread : threads.toList()) {
                String stat = read(thread.resolve("stat"));
                if (stat.contains("(" + name + ")")) {
                    String[] afterName =
                            stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
                    found.add(Integer.valueOf(afterName[16]));
                }
            }
        }
        return found;
    }

    /** Empty when the thread has ended meanwhile. */
    private static String read(Path stat) {
        try {
            return Files.readString(stat);
        } catch (IOException e) {
            return "";
        }
    }

    /** Waits for it. */
    private static boolean busy(Future<?> result, Duration retryAfter) {
        try {
            result.get();
            return false;
        } catch (java.util.concurrent.ExecutionException e) {
            return e.getCause() instanceof HasherBusyException busy
                    && busy.retryAfter().equals(retryAfter);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean differs(String text) {
        PasswordHash hash = PasswordHash.parse(text).orElseThrow();
        return hash.differs(CHEAP, hash.pepper());
    }

    private static Verdict verify(PasswordHasher hasher, String hash, String password) {
        return hasher.verify(hash, List.of(password));
    }

    private PasswordHasher hasher(Pepper... peppers) {
        Optional<String> current =
                peppers.length == 0 ? Optional.empty() : Optional.of(peppers[0] == NEW ? "2026" : "2025");
        return hasher(new Peppers(current, List.of(peppers)));
    }

    private PasswordHasher hasher(Peppers peppers) {
        return new PasswordHasher(CHEAP, peppers, 1, Duration.ofSeconds(5), meters);
    }

    private static Pepper pepper(String id) {
        return new Pepper(id, bytes("pepper of the year " + id));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
