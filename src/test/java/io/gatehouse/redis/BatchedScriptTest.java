package io.gatehouse.redis;

import static io.gatehouse.support.Await.pause;
import static io.gatehouse.support.Await.timed;
import static io.gatehouse.support.Await.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.redis.RedisScript.Piece;
import io.gatehouse.support.TestService;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Many callers, one Redis: everybody gets what is theirs, in time, whatever becomes of the others. */
class BatchedScriptTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(1);
    private static final Duration LONGEST = TIMEOUT.plusMillis(500);
    private static final int CALLERS = 200;

    @RegisterExtension
    private static final TestService SERVICE =
            new TestService().withOwnRedis().with("REDIS_TIMEOUT_MS", Long.toString(TIMEOUT.toMillis()));

    /** Replies each caller's key and argument and the shared one; counts its runs. */
    private static final RedisScript ECHO = script("""
            redis.call('INCR', ARGV[#ARGV])
            local replies = {}
            for i = 1, #KEYS do
              replies[i] = ARGV[i] == 'bad' and 'failed to be good' or KEYS[i] .. '=' .. ARGV[i] .. '\\n' .. ARGV[#ARGV]
            end
            return table.concat(replies, '\\0')
            """);

    private RedisConnection redis;

    @BeforeEach
    void connect() {
        redis = RedisConnection.open(
                SERVICE.settings().redis(), new RedisBreaker(new SimpleMeterRegistry(), Duration.ofDays(1)));
    }

    @AfterEach
    void close() {
        SERVICE.redisCable().plug();
        redis.close();
    }

    @Test
    void everybodyGetsTheirOwnReplyInFewerRunsThanCalls() throws Exception {
        BatchedScript echo = new BatchedScript(ECHO, "runs");

        List<String> replies = together(i -> echo.call(redis, List.of("k" + i), List.of("ä" + i)));

        assertThat(replies).isEqualTo(expected());
        int runs = Integer.parseInt(redis.call(commands -> commands.get("runs")));
        assertThat(runs).isBetween(1, CALLERS / 2);
    }

    @Test
    void aCallAloneGoesOutAtOnce() {
        BatchedScript echo = new BatchedScript(ECHO, "alone");

        for (int i = 1; i <= 20; i++) {
            assertThat(echo.call(redis, List.of("k"), List.of("a"))).isEqualTo("k=a\nalone");
            assertThat(redis.<String>call(commands -> commands.get("alone"))).isEqualTo(Integer.toString(i));
        }
    }

    @Test
    void whatFailsForOneSucceedsForTheOthers() throws Exception {
        BatchedScript echo = new BatchedScript(ECHO, "mixed");

        List<String> replies = together(i -> {
            if (i % 10 > 0) {
                return echo.call(redis, List.of("k" + i), List.of("good"));
            }
            assertThatThrownBy(() -> echo.call(redis, List.of("k" + i), List.of("bad")))
                    .isInstanceOf(RedisUnavailableException.class)
                    .hasMessageContaining("failed to be good");
            return "bad";
        });

        assertThat(replies.stream().filter("bad"::equals)).hasSize(CALLERS / 10);
        assertThat(replies.stream().filter(it -> it.endsWith("=good\nmixed"))).hasSize(CALLERS - CALLERS / 10);
    }

    @Test
    void nobodyGetsAReplyThatMayBeAnothers() throws Exception {
        BatchedScript silent = new BatchedScript(script("return KEYS[1] .. '\\0' .. KEYS[1]"));

        List<String> replies = together(i -> {
            try {
                return silent.call(redis, List.of("k" + i), List.of());
            } catch (RedisUnavailableException e) {
                return "";
            }
        });

        // Two replies can only be those of two callers, in their order.
        assertThat(IntStream.range(0, CALLERS).filter(i -> replies.get(i).equals("k" + i)))
                .hasSizeLessThan(CALLERS / 2);
        BatchedScript one = new BatchedScript(script("return 'a\\0b'"));
        assertThatThrownBy(() -> one.call(redis, List.of("k"), List.of()))
                .isInstanceOf(RedisUnavailableException.class);
    }

    @Test
    void anErrorOfTheWholeScriptReachesAllAndEndsWithIt() throws Exception {
        BatchedScript wrong = new BatchedScript(script("return redis.call('GET', KEYS[1], 'too', 'many')"));

        List<String> replies = together(i -> {
            assertThatThrownBy(() -> wrong.call(redis, List.of("k" + i), List.of()))
                    .isInstanceOf(RedisUnavailableException.class);
            return "";
        });

        assertThat(replies).hasSize(CALLERS);
    }

    @Test
    void whileRedisIsSilentNobodyWaitsForLongerThanTheTimeLimit() throws Exception {
        BatchedScript echo = new BatchedScript(ECHO, "silence");
        echo.call(redis, List.of("k"), List.of("warm"));
        SERVICE.redisCable().silence();

        List<String> replies = together(i -> {
            // Some come while others have waited for a while.
            pause(Duration.ofMillis(3L * i));
            Duration waited = timed(() -> assertThatThrownBy(() -> echo.call(redis, List.of("k" + i), List.of("a")))
                    .isInstanceOf(RedisUnavailableException.class));
            assertThat(waited).isLessThan(LONGEST);
            return "";
        });

        assertThat(replies).hasSize(CALLERS);
        SERVICE.redisCable().plug();
        assertThat(until(Duration.ofSeconds(10), () -> works(echo))).isTrue();
    }

    private boolean works(BatchedScript echo) {
        redis.breaker().tryOnce();
        try {
            return echo.call(redis, List.of("k"), List.of("a")).startsWith("k=a");
        } catch (RedisUnavailableException e) {
            return false;
        }
    }

    private static List<String> expected() {
        return IntStream.range(0, CALLERS)
                .mapToObj(i -> "k" + i + "=ä" + i + "\nruns")
                .toList();
    }

    @FunctionalInterface
    private interface Caller {
        String call(int number) throws Exception;
    }

    private static List<String> together(Caller caller) throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<String>> calls = IntStream.range(0, CALLERS)
                    .mapToObj(i -> threads.submit(() -> caller.call(i)))
                    .toList();
            List<String> replies = new ArrayList<>();
            for (Future<String> call : calls) {
                replies.add(call.get());
            }
            return replies;
        }
    }

    private static RedisScript script(String text) {
        return RedisScript.of(new Piece(text));
    }
}
