package io.gatehouse.throttle;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.redis.Numbers;
import io.gatehouse.redis.RedisBreaker;
import io.gatehouse.redis.RedisConnection;
import io.gatehouse.redis.RedisScript;
import io.gatehouse.redis.RedisScript.Piece;
import io.gatehouse.support.TestService;
import io.gatehouse.support.Vectors;
import io.gatehouse.throttle.Counted.Allowed;
import io.gatehouse.throttle.Counted.Outcome;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/** The script and its twin in this process, at times that the tests give. */
class WindowsTest {

    @RegisterExtension
    private static final TestService SERVICE = new TestService();

    private static final RedisScript COUNT =
            RedisScript.of(Counters.CLOCK, Counters.WINDOWS, Piece.beside(Counters.class, "count.lua"));
    private static final List<RedisConnection> REDIS = new ArrayList<>();

    @BeforeAll
    static void connect() {
        REDIS.add(RedisConnection.open(SERVICE.settings().redis(), new RedisBreaker(new SimpleMeterRegistry())));
    }

    @AfterAll
    static void close() {
        REDIS.forEach(RedisConnection::close);
    }

    /**
     * The package forgets the timers of all keys when it unblocks one, so that the hits of C at 55000 and 55001 still
     * count at 66000: a bug, and the only two steps in which we differ.
     */
    @Test
    void clientsSeeWhatNestThrottlerShows() {
        Map<String, Window> local = new HashMap<>();
        int steps = 0;
        for (JsonNode step : Vectors.read("throttler.json").path("trace")) {
            long now = step.path("t").longValue();
            String key = step.path("key").stringValue();
            Tier tier = new Tier(
                    step.path("throttler").stringValue(),
                    step.path("limit").intValue(),
                    Duration.ofMillis(step.path("ttl").longValue()));
            Map<String, String> expected = new TreeMap<>();
            step.path("headers").forEachEntry((name, value) -> expected.put(name, value.asString()));
            if (key.equals("C") && (now == 66_000 || now == 66_001)) {
                expected.clear();
                expected.putAll(Map.of(
                        "X-RateLimit-Limit-x", "3",
                        "X-RateLimit-Remaining-x", now == 66_000 ? "2" : "1",
                        "X-RateLimit-Reset-x", "10"));
            }

            Outcome inRedis = hit("vector-" + key, now, tier);
            Outcome here =
                    local.computeIfAbsent(key, it -> new Window(tier, now)).hit(now);

            assertThat(headers(inRedis)).as("step %d in Redis", steps).isEqualTo(expected);
            assertThat(headers(here)).as("step %d here", steps).isEqualTo(expected);
            steps++;
        }
        assertThat(steps).isEqualTo(27);
    }

    @Test
    void scriptAndProcessAgreeAndNoWindowHoldsMoreThanTheLimit() {
        Random random = new Random(20_261_123);
        for (int limit : new int[] {1, 3, 60, 100, 101, 250}) {
            Tier tier = new Tier("default", limit, Duration.ofSeconds(10));
            Window here = new Window(tier, 0);
            List<Long> admitted = new ArrayList<>();
            long now = 1_000_000;
            for (int i = 0; i < 1500; i++) {
                now += random.nextInt(5 + limit / 4) == 0 ? random.nextInt(4000) : random.nextInt(1 + 12_000 / limit);
                Outcome inRedis = hit("random-" + limit, now, tier);
                assertThat(here.hit(now)).as("limit %d at %d", limit, now).isEqualTo(inRedis);
                if (inRedis instanceof Allowed) {
                    admitted.add(now);
                }
            }
            assertThat(mostWithin(admitted, 10_000)).isLessThanOrEqualTo(limit).isGreaterThan(limit / 2);
        }
    }

    @Test
    void aBlockOfTheShortTierDoesNotForgetTheLongOne() throws Exception {
        Limits limits =
                Limits.of(new Tier("default", 60, Duration.ofMinutes(1)), new Tier("short", 2, Duration.ofMillis(300)));
        Counters counters =
                new Counters(REDIS.getFirst(), SERVICE.settings().redis().keyPrefix(), Clock.systemUTC());
        for (int i = 0; i < 3; i++) {
            counters.count("two-tiers", "r", limits);
        }
        TimeUnit.MILLISECONDS.sleep(700);

        Counted after = counters.count("two-tiers", "r", limits);

        assertThat(after.retryAfter()).isEmpty();
        assertThat(after.outcomes().getLast())
                .isInstanceOfSatisfying(
                        Allowed.class, it -> assertThat(it.remaining()).isEqualTo(57));
    }

    @Test
    void anotherLimitBeginsAnewInsteadOfReadingTheOldState() {
        Duration period = Duration.ofSeconds(10);
        assertThat(hit("changed", 1000, new Tier("default", 2, period))).isInstanceOf(Allowed.class);

        assertThat(hit("changed", 1001, new Tier("default", 500, period)))
                .isEqualTo(new Allowed(new Tier("default", 500, period), 499, 10));
    }

    @Test
    void aClockThatWasSetBackBlocksNobodyForLongerThanAPeriod() {
        Tier tier = new Tier("default", 1, Duration.ofSeconds(10));
        hit("back", 10_000_000, tier);
        hit("back", 10_000_001, tier);

        Outcome outcome = hit("back", 5_000_000, tier);

        assertThat(outcome).isEqualTo(new Counted.Blocked(tier, 10));
    }

    private static long mostWithin(List<Long> times, long period) {
        long most = 0;
        int first = 0;
        for (int last = 0; last < times.size(); last++) {
            while (times.get(first) <= times.get(last) - period) {
                first++;
            }
            most = Math.max(most, last - first + 1L);
        }
        return most;
    }

    private static Outcome hit(String key, long now, Tier tier) {
        String[] arguments = Limits.of(tier).arguments();
        arguments[0] = Long.toString(now);
        String reply = COUNT.call(
                REDIS.getFirst(), new String[] {SERVICE.settings().redis().keyPrefix() + "{" + key + "}"}, arguments);
        return Limits.of(tier).read(Numbers.of(reply)).outcomes().getFirst();
    }

    /** Those of the package; the plain Retry-After and the draft's headers are ours. */
    private static Map<String, String> headers(Outcome outcome) {
        Map<String, String> headers = new TreeMap<>();
        for (Counted.Header header :
                Limits.of(outcome.tier()).counted(List.of(outcome)).headers()) {
            boolean plain = header.name().equals("Retry-After")
                    && !outcome.tier().name().equals("default");
            if (!header.name().startsWith("RateLimit") && !plain) {
                headers.put(header.name(), header.value());
            }
        }
        return headers;
    }
}
