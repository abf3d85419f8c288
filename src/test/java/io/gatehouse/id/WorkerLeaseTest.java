package io.gatehouse.id;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.config.Settings.Address;
import io.gatehouse.config.Settings.Postgres;
import io.gatehouse.db.Database;
import io.gatehouse.support.Await;
import io.gatehouse.support.Cable;
import io.gatehouse.support.TestClock;
import io.gatehouse.support.TestDatabase;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class WorkerLeaseTest {

    private static final Instant EPOCH = Instant.parse("2025-01-01T00:00:00Z");
    private static final OptionalInt SEVEN = OptionalInt.of(7);
    private static final Duration FIRST = Duration.ofSeconds(10);

    @RegisterExtension
    private final TestDatabase database = new TestDatabase();

    private final TestClock clock = new TestClock();
    private final List<AutoCloseable> opened = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable it : opened.reversed()) {
            it.close();
        }
    }

    @Test
    void everyReplicaHasAnotherNumber() {
        Set<Integer> workers = new HashSet<>();
        for (int i = 0; i < 8; i++) {
            Snowflakes ids = ready(OptionalInt.empty(), clock);
            workers.add(worker(ids.next()));
        }
        assertThat(workers).hasSize(8);
    }

    @Test
    void whoCannotBeginWithoutIdsWaitsForADatabaseThatAnswersLate() throws Exception {
        Cable cable = Cable.to(database.settings().addresses().getFirst().port());
        opened.add(cable);
        cable.pull();
        Snowflakes ids = ids(OptionalInt.empty(), clock, through(cable));
        assertThat(ids.await(Duration.ofMillis(1))).isFalse();

        Thread late = Thread.ofVirtual().start(() -> {
            Await.pause(Duration.ofMillis(1500));
            cable.plug();
        });

        assertThat(ids.await(Duration.ofSeconds(20))).isTrue();
        late.join();
        assertThat(ids.next()).isPositive();
    }

    @Test
    void aNumberGivenBackIsFreeAtOnceAndGoesOnAfterTheLastId() {
        Snowflakes first = ready(SEVEN, clock);
        long last = first.next();
        first.close();

        assertThat(database.query("select holder is null from id_workers where worker = 7"))
                .isEqualTo("t");
        long next = ready(SEVEN, clock).next();
        assertThat(worker(next)).isEqualTo(7);
        assertThat(next).isGreaterThan(last);
    }

    @Test
    void aFixedNumberThatAnotherHoldsIsRefusedAndItsHolderNamed() {
        ready(SEVEN, clock).next();

        assertThatThrownBy(ids(SEVEN, clock)::next)
                .isInstanceOf(IdsUnavailableException.class)
                .hasMessageContaining("SNOWFLAKE_WORKER_ID 7 is in use by test");
    }

    @Test
    void aFixedNumberOfACrashedHolderIsTakenWhenItsIdsAreOver() {
        long last = ready(SEVEN, clock).next();
        database.execute("""
                update id_workers
                set leased_until = clock_timestamp() + interval '1 s', ids_until = clock_timestamp() + interval '3 s'
                where worker = 7""");
        Snowflakes next = ids(SEVEN, clock);

        next.start();

        assertThat(next.obstacle().isEmpty()).isTrue();
        assertThat(worker(next.next())).isEqualTo(7);
        assertThat(next.next()).isGreaterThan(last);
    }

    /** Nobody made an id under those leases; they must not add up. */
    @Test
    void startsThatAreKilledOneAfterAnotherPutTheIdsOfAFixedNumberOffOnce() {
        for (int i = 0; i < 4; i++) {
            ids(SEVEN, clock).renew();
            database.execute("update id_workers set leased_until = 'epoch' where worker = 7");
        }
        Snowflakes last = ids(SEVEN, clock);
        last.renew();

        clock.move(WorkerLease.WINDOW.plusSeconds(1));

        assertThat(worker(last.next())).isEqualTo(7);
    }

    @Test
    @Tag("soak")
    void aFixedNumberThatStaysInUseEndsTheStart() {
        Snowflakes first = ids(SEVEN, clock);
        Thread renewing = Thread.ofVirtual().start(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                first.renew();
                try {
                    Thread.sleep(2000);
                } catch (InterruptedException e) {
                    return;
                }
            }
        });
        assertThatThrownBy(ids(SEVEN, clock)::start)
                .isInstanceOf(WorkerHeldException.class)
                .hasMessageContaining("give every replica its own");
        renewing.interrupt();
    }

    /** Both clocks are wrong, and the one that lost its lease does not know it. */
    @Test
    void whoLostTheLeaseAndWhoTookItNeverMakeOneId() {
        TestClock behind = new TestClock();
        behind.move(Duration.ofSeconds(-15));
        TestClock ahead = new TestClock();
        ahead.move(Duration.ofSeconds(15));
        Snowflakes stopped = ready(SEVEN, behind);
        long before = stopped.next();
        database.execute("update id_workers set leased_until = 'epoch' where worker = 7");

        Snowflakes next = ids(SEVEN, ahead);
        long taken = next.next();
        long late = stopped.next();

        assertThat(worker(taken)).isEqualTo(7);
        assertThat(worker(late)).isEqualTo(7);
        assertThat(late).isGreaterThan(before).isLessThan(taken);
        // The last millisecond that was granted to the first.
        behind.move(Duration.ofSeconds(20));
        assertThatThrownBy(stopped::next).isInstanceOf(IdsUnavailableException.class);
    }

    @Test
    void whoLostAnyNumberTakesAnotherAndGoesOnRising() {
        Snowflakes ids = ready(OptionalInt.empty(), clock);
        long before = ids.next();
        database.execute("""
                update id_workers
                set holder = gen_random_uuid(), holder_name = 'another', leased_until = clock_timestamp() + interval '1 h'
                where worker = %d""".formatted(worker(before)));
        ids.renew();

        long after = ids.next();

        assertThat(worker(after)).isNotEqualTo(worker(before));
        assertThat(after).isGreaterThan(before);
    }

    @Test
    void whenEveryNumberIsInUseIdsAreRefusedAndComeBack() {
        database.execute("""
                update id_workers
                set holder = gen_random_uuid(), holder_name = 'another', leased_until = clock_timestamp() + interval '1 h'
                """);
        Snowflakes ids = ids(OptionalInt.empty(), clock);
        assertThatThrownBy(ids::next).hasMessageContaining("All 1,024 worker numbers are in use");

        database.execute("update id_workers set leased_until = 'epoch' where worker = 1000");
        ids.renew();
        assertThat(worker(ids.next())).isEqualTo(1000);
    }

    /** As after {@code db up} beside a service that waits for it: who signs up then should not be sent away. */
    @Test
    void aDatabaseThatHasSaidNoAtOnceIsAskedAgainByTheNextWhoNeedsAnId() {
        database.execute("alter table id_workers rename to not_there_yet");
        Snowflakes ids = ids(OptionalInt.empty(), clock);
        ids.renew();
        Duration took = Await.timed(() -> assertThatThrownBy(ids::next).hasMessageContaining("run db up"));

        database.execute("alter table not_there_yet rename to id_workers");

        Duration soon = took.multipliedBy(2).plusMillis(500);
        assertThat(Await.until(soon, () -> given(ids))).isTrue();
    }

    private static boolean given(Snowflakes ids) {
        try {
            return ids.next() > 0;
        } catch (IdsUnavailableException e) {
            return false;
        }
    }

    @Test
    void aShortOutageOfTheDatabaseCostsNoIdAndALongOneIsSurvived() throws Exception {
        try (Cable cable = Cable.to(database.settings().addresses().getFirst().port())) {
            Snowflakes ids = ids(OptionalInt.empty(), clock, through(cable));
            assertThat(ids.await(FIRST)).isTrue();
            long before = ids.next();
            cable.pull();
            ids.renew();
            clock.move(Duration.ofSeconds(15));
            long during = ids.next();
            assertThat(during).isGreaterThan(before);

            clock.move(Duration.ofSeconds(6));
            assertThatThrownBy(ids::next)
                    .isInstanceOf(IdsUnavailableException.class)
                    .hasMessageContaining("the database is away");

            cable.plug();
            assertThat(ids.await(FIRST)).isTrue();
            assertThat(ids.next()).isGreaterThan(during);
        }
    }

    /** Who waits for a lease waits once, not behind everybody who came before. */
    @Test
    void manyWhoNeedAnIdFromASilentDatabaseAreAllRefusedInTime() throws Exception {
        try (Cable cable = Cable.to(database.settings().addresses().getFirst().port());
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            Snowflakes ids = ids(OptionalInt.empty(), clock, through(cable));
            assertThat(ids.await(FIRST)).isTrue();
            cable.silence();
            clock.move(Duration.ofSeconds(30));
            long begun = System.nanoTime();
            List<Future<Long>> waiting =
                    Stream.generate(() -> callers.submit(ids::next)).limit(20).toList();

            for (Future<Long> each : waiting) {
                assertThatThrownBy(each::get).hasCauseInstanceOf(IdsUnavailableException.class);
            }
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(6));
        }
    }

    private Postgres through(Cable cable) {
        Postgres real = database.settings();
        return real.at(new Address("127.0.0.1", cable.port()), real.database(), real.login());
    }

    /** With a number, which a cold or busy machine may not give in the time of a request. */
    private Snowflakes ready(OptionalInt worker, Clock ofReplica) {
        Snowflakes ids = ids(worker, ofReplica);
        assertThat(ids.await(FIRST)).isTrue();
        return ids;
    }

    private Snowflakes ids(OptionalInt worker, Clock ofReplica) {
        return ids(worker, ofReplica, database.settings());
    }

    private Snowflakes ids(OptionalInt worker, Clock ofReplica, Postgres settings) {
        Database pool = Database.open(settings.forLeases());
        Snowflakes ids = Snowflakes.leased(EPOCH, pool, worker, "test", ofReplica, new SimpleMeterRegistry());
        opened.add(pool);
        opened.add(ids);
        return ids;
    }

    private static int worker(long id) {
        return Snowflake.of(id).worker();
    }
}
