package io.gatehouse.job;

import static java.time.ZoneOffset.UTC;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.support.Await;
import io.gatehouse.support.ConcurrentTest;
import io.gatehouse.support.TestDatabase;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Replicas with jobs of every second, on a real database for each test; {@link JobsLogTest} has those about the log. */
class JobsTest {

    static final Duration SOON = Duration.ofSeconds(15);

    @RegisterExtension
    private final TestDatabase database = new TestDatabase();

    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();

    @ConcurrentTest
    void eachTickIsCompletedOnceOverAllReplicas() {
        Job job = eachSecond(Lock.ONE_REPLICA, Duration.ofMinutes(1), run -> 7);
        try (Replica _ = replica("one", job).started();
                Replica _ = replica("two", job).started();
                Replica three = replica("three", job).started()) {
            assertThat(Await.until(SOON, () -> completed() >= 3)).isTrue();
            assertThat(Await.until(SOON, () -> metric(three, "gatehouse.job.last.success.timestamp") > 1e9))
                    .isTrue();
        }
        assertThat(database.query("select count(*) = count(distinct tick_at) from job_runs"))
                .isEqualTo("t");
        assertThat(database.query("""
                select extract(epoch from max(tick_at) - min(tick_at))::int = count(*) - 1 from job_runs""")).as("no tick is left out").isEqualTo("t");
        assertThat(database.query("select bool_and(row_count = 7 and ended_at >= started_at) from job_runs"))
                .isEqualTo("t");
    }

    @ConcurrentTest
    void aSlowJobOverlapsItselfNowhere() {
        Job job = eachSecond(Lock.ONE_REPLICA, Duration.ofMinutes(1), run -> {
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            Await.pause(Duration.ofMillis(1100));
            running.decrementAndGet();
            return 0;
        });
        try (Replica _ = patient("one", job).started();
                Replica _ = patient("two", job).started()) {
            assertThat(Await.until(SOON, () -> completed() >= 2)).isTrue();
        }
        assertThat(most).hasValue(1);
    }

    /** Past its time limit it is given up, and goes on all the same. */
    @ParameterizedTest
    @Execution(ExecutionMode.CONCURRENT)
    @EnumSource(Lock.class)
    void noRunBeginsBesideOneThatCannotBeStopped(Lock lock) {
        AtomicBoolean mayEnd = new AtomicBoolean();
        AtomicInteger begun = new AtomicInteger();
        Job job = eachSecond(lock, Duration.ofMillis(200), run -> {
            begun.incrementAndGet();
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            while (!mayEnd.get()) {
                // As work does that nobody has thought of interrupting.
                boolean _ = Thread.interrupted();
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
            }
            running.decrementAndGet();
            return 0;
        });
        try (Replica _ = replica("one", job).started()) {
            assertThat(Await.until(SOON, () -> ended("timed-out") == 1)).isTrue();
            // A failed tick is tried again after 2 s, by a look each second.
            Await.pause(Duration.ofMillis(3200));
            assertThat(begun).hasValue(1);

            mayEnd.set(true);
            assertThat(Await.until(SOON, () -> completed() >= 1)).isTrue();
            assertThat(most).hasValue(1);
        } finally {
            mayEnd.set(true);
        }
    }

    @ConcurrentTest
    void whatEveryReplicaDoesForItselfRunsOnEachOnVirtualThreads() {
        AtomicBoolean virtual = new AtomicBoolean(true);
        Job job = eachSecond(Lock.EVERY_REPLICA, Duration.ofMinutes(1), run -> {
            virtual.compareAndSet(true, Thread.currentThread().isVirtual());
            return 0;
        });
        try (Replica _ = replica("one", job).started();
                Replica _ = replica("two", job).started()) {
            assertThat(Await.until(
                            SOON,
                            () -> database.query("select count(distinct replica) from job_runs where fence is null")
                                    .equals("2")))
                    .isTrue();
        }
        assertThat(virtual).isTrue();
    }

    @ConcurrentTest
    void pastItsTimeLimitARunIsInterrupted() throws Exception {
        CountDownLatch interrupted = new CountDownLatch(1);
        Job job = Job.byHand("endless", Duration.ofMillis(300), run -> {
            awaitInterrupt(interrupted);
            return 0;
        });
        try (Replica one = replica("one", job)) {
            Ended ended = one.jobs().runNow("endless", line -> {});

            assertThat(ended.outcome()).isEqualTo(Outcome.TIMED_OUT);
            assertThat(ended.error()).isEqualTo("over its time limit of PT0.3S");
            assertThat(interrupted.await(1, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(database.query("select outcome from job_runs")).isEqualTo("timed-out");
        assertThat(database.query("select runner is null from jobs")).isEqualTo("t");
    }

    @ConcurrentTest
    void aStoppingReplicaLeavesItsTickToTheOthersAtOnce() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        Job endless = eachSecond(Lock.ONE_REPLICA, Duration.ofMinutes(1), run -> {
            begun.countDown();
            awaitInterrupt(interrupted);
            return 0;
        });
        try (Replica one = replica("one", endless).started()) {
            assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(Await.timed(one.jobs()::close)).isLessThan(Duration.ofSeconds(5));
        }
        assertThat(interrupted.await(1, TimeUnit.SECONDS)).isTrue();
        assertThat(database.query("select concat_ws(' ', replica, outcome) from job_runs"))
                .isEqualTo("one stopped");
        try (Replica two = replica("two", eachSecond(Lock.ONE_REPLICA, Duration.ofMinutes(1), run -> 0))) {
            assertThat(two.leases().states(List.of("ticking")).getFirst().mayTry())
                    .isTrue();
        }
    }

    @ConcurrentTest
    void historyIsPurgedButNotOfWhatStillRuns() {
        database.execute("""
                insert into job_runs (job, replica, started_at, ended_at, outcome)
                select 'old', 'one', now() - interval '31 days', now(), 'completed' from generate_series(1, 2500);
                insert into job_runs (job, replica, started_at, outcome)
                values ('old', 'one', now() - interval '31 days', 'running');
                insert into job_runs (job, replica, started_at, ended_at, outcome)
                values ('old', 'one', now() - interval '29 days', now(), 'failed')""");
        HistoryPurge purge = new HistoryPurge(Duration.ofDays(30), Clock.systemUTC());
        try (Replica one = replica("one", Job.byHand("history-purge", Duration.ofMinutes(1), purge))) {
            assertThat(one.jobs().runNow("history-purge", line -> {}).rows()).isEqualTo(2500);
        }
        assertThat(database.query("select string_agg(outcome, ' ' order by id) from job_runs where job = 'old'"))
                .isEqualTo("running failed");
    }

    static Job eachSecond(Lock lock, Duration limit, Work work) {
        return new Job("ticking", "* * * * * ?", UTC, limit, CatchUp.EACH, lock, work);
    }

    private Replica replica(String name, Job... table) {
        return new Replica(database.settings(), name, table);
    }

    /** Keeps its lease also where the machine stands still for a moment. */
    private Replica patient(String name, Job... table) {
        return new Replica(database.settings(), name, Duration.ofSeconds(10), Clock.systemUTC(), table);
    }

    private long completed() {
        return ended("completed");
    }

    private long ended(String outcome) {
        return Long.parseLong(database.query("select count(*) from job_runs where outcome = '" + outcome + "'"));
    }

    private static double metric(Replica replica, String name) {
        return replica.meters().get(name).gauge().value();
    }

    private static void awaitInterrupt(CountDownLatch interrupted) {
        try {
            TimeUnit.SECONDS.sleep(20);
        } catch (InterruptedException e) {
            interrupted.countDown();
        }
    }
}
