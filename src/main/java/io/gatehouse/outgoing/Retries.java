package io.gatehouse.outgoing;

import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Whether an attempt deserves another one, and after which pause: exponential with full jitter, so that those who
 * failed together do not come back together, or as long as the target asks for. Thread-safe.
 */
final class Retries {

    private static final Duration FIRST = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofSeconds(2);
    private static final Set<Integer> PASSING = Set.of(429, 502, 503, 504);

    private final RandomGenerator random;
    private final Clock clock;

    Retries(RandomGenerator random, Clock clock) {
        this.random = random;
        this.clock = clock;
    }

    /** Empty: another attempt would do no better. */
    Optional<Duration> pause(Attempt attempt, int attempts) {
        return switch (attempt) {
            case Attempt.Answered(Answer answer) ->
                PASSING.contains(answer.status())
                        ? Optional.of(longer(jitter(attempts), retryAfter(answer)))
                        : Optional.empty();
            case Attempt.Failed(OutgoingException failure) ->
                failure.reason().passing() ? Optional.of(jitter(attempts)) : Optional.empty();
        };
    }

    /** @param attempts how many there were, at least one */
    private Duration jitter(int attempts) {
        long most = Math.min(LONGEST.toNanos(), FIRST.toNanos() << Math.min(attempts - 1, 10));
        return Duration.ofNanos(random.nextLong(most + 1));
    }

    private Duration retryAfter(Answer answer) {
        return answer.header("retry-after").map(String::strip).map(this::parse).orElse(Duration.ZERO);
    }

    private Duration parse(String text) {
        if (text.matches("\\d{1,9}")) {
            return Duration.ofSeconds(Long.parseLong(text));
        }
        try {
            return Duration.between(
                    clock.instant(),
                    ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                            .toInstant());
        } catch (DateTimeException e) {
            return Duration.ZERO;
        }
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) >= 0 ? one : other;
    }
}
