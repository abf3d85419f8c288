package io.gatehouse.id;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.db.Database;
import io.gatehouse.support.LogCapture;
import io.gatehouse.support.TestClock;
import io.gatehouse.support.TestDatabase;
import io.gatehouse.support.Vectors;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

class SnowflakesTest {

    private static final Instant EPOCH = Instant.parse("2025-01-01T00:00:00Z");
    private static final int THREADS_PER_GENERATOR = 4;
    private static final int IDS_PER_THREAD = 1_250_000;

    @RegisterExtension
    private final TestDatabase database = new TestDatabase();

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final List<AutoCloseable> opened = new ArrayList<>();

    @BeforeEach
    void noMetersYet() {
        meters.clear();
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable it : opened.reversed()) {
            it.close();
        }
    }

    @Test
    void idsOfOneMillisecondAreThoseOfSapphire() {
        JsonNode generator = Vectors.read("snowflake.json").path("generator");
        Instant time = Instant.ofEpochMilli(1_764_000_000_000L);
        Snowflakes ids = ids(OptionalInt.of(1), Clock.fixed(time, ZoneOffset.UTC));

        List<String> made = List.of(text(ids.next()), text(ids.next()), text(ids.next()));

        List<String> expected = new ArrayList<>();
        generator.path("defaultsSameMs").forEach(id -> expected.add(id.stringValue()));
        assertThat(made).isEqualTo(expected);
    }

    /** Sapphire gives the first id once more: {@code wrapAfter4096InOneMs}. */
    @Test
    void the4097thIdOfAMillisecondIsNotGivenOut() {
        Snowflakes ids = ids(OptionalInt.of(1), Clock.fixed(Instant.ofEpochMilli(1_764_000_000_000L), ZoneOffset.UTC));
        long first = ids.next();
        for (int i = 1; i < 4096; i++) {
            assertThat(ids.next()).isEqualTo(first + i);
        }

        assertThatThrownBy(ids::next).isInstanceOf(IdsUnavailableException.class);
    }

    /** Sapphire gives an older id: {@code clockWentBack10ms_noGuard}. */
    @Test
    void aClockThatStepsBackALittleIsWaitedFor() {
        TestClock clock = new TestClock();
        Snowflakes ids = ids(OptionalInt.empty(), clock);
        long before = ids.next();
        clock.move(Duration.ofMillis(-300));
        Instant stepped = clock.instant();

        long after = ids.next();

        assertThat(after).isGreaterThan(before);
        assertThat(Duration.between(stepped, clock.instant())).isGreaterThanOrEqualTo(Duration.ofMillis(299));
        assertThat(Snowflake.of(after).time(EPOCH)).isBeforeOrEqualTo(clock.instant());
    }

    @Test
    void aClockThatIsFarBehindIsAnAlarmAndNotAWait() {
        TestClock clock = new TestClock();
        Snowflakes ids = ids(OptionalInt.empty(), clock);
        long before = ids.next();
        clock.move(Duration.ofSeconds(-30));
        try (LogCapture log = LogCapture.info()) {
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(ids::next)
                        .isInstanceOf(IdsUnavailableException.class)
                        .hasMessageContaining("check time synchronisation");
            }
            assertThat(log.lines())
                    .filteredOn(line -> line.contains("ids of rows are refused"))
                    .hasSize(1);
        }
        assertThat(meters.get("gatehouse.ids.refused").counter().count()).isEqualTo(3);

        clock.move(Duration.ofSeconds(31));
        assertThat(ids.next()).isGreaterThan(before);
    }

    @Test
    void aClockThatJumpsAheadCostsNoId() {
        TestClock clock = new TestClock();
        Snowflakes ids = ids(OptionalInt.empty(), clock);
        long before = ids.next();
        clock.move(Duration.ofDays(1));

        assertThat(ids.next()).isGreaterThan(before);
    }

    @Test
    void tenMillionIdsOfTwoGeneratorsWithSteppedClocksAreDistinctAndRise() throws Exception {
        List<TestClock> clocks = List.of(new TestClock(), new TestClock());
        AtomicBoolean done = new AtomicBoolean();
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            Future<?> stepping = threads.submit(() -> step(clocks, done));
            List<Future<long[]>> results = new ArrayList<>();
            for (TestClock clock : clocks) {
                Snowflakes ids = ids(OptionalInt.empty(), clock);
                for (int i = 0; i < THREADS_PER_GENERATOR; i++) {
                    results.add(threads.submit(rising(ids)));
                }
            }
            long[] all = new long[results.size() * IDS_PER_THREAD];
            try {
                for (int i = 0; i < results.size(); i++) {
                    System.arraycopy(results.get(i).get(), 0, all, i * IDS_PER_THREAD, IDS_PER_THREAD);
                }
            } finally {
                done.set(true);
            }
            stepping.get();

            assertThat(all).hasSize(10_000_000);
            assertThat(distinct(all)).isEqualTo(all.length);
        }
    }

    /** Forwards and back, by less than what callers wait for. */
    private static void step(List<TestClock> clocks, AtomicBoolean done) {
        Random random = new Random(4);
        while (!done.get()) {
            for (TestClock clock : clocks) {
                clock.move(Duration.ofMillis(random.nextInt(-40, 60)));
            }
            try {
                TimeUnit.MILLISECONDS.sleep(20);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** Each thread sees rising ids: the order in which it got them is an order in which the generator made them. */
    private static Callable<long[]> rising(Snowflakes ids) {
        return () -> {
            long[] made = new long[IDS_PER_THREAD];
            for (int i = 0; i < made.length; i++) {
                made[i] = ids.next();
                if (i > 0 && made[i] <= made[i - 1]) {
                    throw new AssertionError(made[i] + " after " + made[i - 1]);
                }
            }
            return made;
        };
    }

    private static int distinct(long[] ids) {
        Arrays.sort(ids);
        int distinct = 1;
        for (int i = 1; i < ids.length; i++) {
            distinct += ids[i] == ids[i - 1] ? 0 : 1;
        }
        return distinct;
    }

    private Snowflakes ids(OptionalInt worker, Clock clock) {
        Database pool = Database.open(database.settings().forLeases());
        Snowflakes ids = Snowflakes.leased(EPOCH, pool, worker, "test", clock, meters);
        opened.add(pool);
        opened.add(ids);
        assertThat(ids.await(Duration.ofSeconds(10))).isTrue();
        return ids;
    }

    private static String text(long id) {
        return Long.toString(id);
    }
}
