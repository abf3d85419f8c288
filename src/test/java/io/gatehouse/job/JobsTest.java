package io.gatehouse.job;

import static java.time.ZoneOffset.UTC;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.config.Settings.Address;
import io.gatehouse.config.Settings.Postgres;
import io.gatehouse.crypto.HashParameters;
import io.gatehouse.crypto.PasswordHasher;
import io.gatehouse.crypto.Peppers;
import io.gatehouse.db.Database;
import io.gatehouse.support.Await;
import io.gatehouse.support.Cable;
import io.gatehouse.support.ConcurrentTest;
import io.gatehouse.support.LogCapture;
import io.gatehouse.support.TestDatabase;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
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
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Replicas with jobs of every second, on a real database for each test. */
class JobsTest {

    /** Whose level a test changes. */
    private static final String LOG = "log";

    private static final Duration SOON = Duration.ofSeconds(15);

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
        try (Replica _ = replica("one", job).started();
                Replica _ = replica("two", job).started()) {
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
    @ResourceLock(LOG)
    void aFailureIsWrittenDownCountedAndTriedAgain() {
        AtomicInteger attempts = new AtomicInteger();
        Job job = eachSecond(Lock.ONE_REPLICA, Duration.ofMinutes(1), run -> {
            if (attempts.incrementAndGet() == 1) {
                throw new IllegalStateException("boom");
            }
            return 0;
        });
        try (LogCapture log = LogCapture.info();
                Replica one = replica("one", job).started()) {
            assertThat(Await.until(SOON, () -> completed() >= 1)).isTrue();
            assertThat(log.lines()).anyMatch(line -> line.contains("\"job\":\"ticking\"") && line.contains("boom"));
            assertThat(one.meters()
                            .get("gatehouse.job.runs")
                            .tags("job.name", "ticking", "outcome", "failed")
                            .counter()
                            .count())
                    .isEqualTo(1);
        }
        assertThat(database.query("""
                select string_agg(concat_ws(' ', outcome, error), ', ' order by id)
                from job_runs where tick_at = (select min(tick_at) from job_runs)""")).isEqualTo("failed IllegalStateException: boom, completed");
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
    @ResourceLock(LOG)
    void withoutTheDatabaseJobsWaitWithOneLineAndGoOnByThemselves() throws Exception {
        Postgres direct = database.settings();
        try (Cable cable = Cable.to(direct.addresses().getFirst().port());
                LogCapture log = LogCapture.info();
                Replica _ = new Replica(
                                Postgres.of(
                                        new Address("127.0.0.1", cable.port()),
                                        direct.database(),
                                        direct.login(),
                                        2,
                                        Duration.ofMillis(300)),
                                "one",
                                eachSecond(Lock.ONE_REPLICA, Duration.ofMinutes(1), run -> 0))
                        .started()) {
            assertThat(Await.until(SOON, () -> completed() >= 1)).isTrue();
            cable.pull();
            assertThat(Await.until(SOON, () -> waitingLines(log) > 0)).isTrue();
            Await.pause(Duration.ofMillis(1500));
            assertThat(waitingLines(log)).isEqualTo(1);
            cable.plug();
            long before = completed();
            assertThat(Await.until(SOON, () -> completed() > before + 1)).isTrue();
        }
    }

    @ConcurrentTest
    @ResourceLock(LOG)
    void aBeatThatFailsGoesOn() throws Exception {
        CountDownLatch beats = new CountDownLatch(2);
        try (LogCapture log = LogCapture.info();
                Replica one = replica("one")) {
            one.jobs().every("failing", Duration.ofMillis(100), () -> {
                beats.countDown();
                throw new IllegalStateException("boom");
            });
            assertThat(beats.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(log.lines()).anyMatch(line -> line.contains("\"job\":\"failing\"") && line.contains("boom"));
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

    @ConcurrentTest
    @ResourceLock(LOG)
    void systemLoadIsOneLine() {
        MeterRegistry meters = new SimpleMeterRegistry();
        try (LogCapture log = LogCapture.info();
                Database pool = Database.open(database.settings(), "gatehouse", meters);
                PasswordHasher _ = new PasswordHasher(
                        new HashParameters(256, 1, 1), Peppers.NONE, 1, Duration.ofSeconds(5), meters)) {
            SystemLoad load = new SystemLoad(meters);
            pool.read(sql -> {
                load.write();
                return true;
            });

            assertThat(log.lines())
                    .filteredOn(line -> line.contains("SystemLoad"))
                    .singleElement()
                    .asString()
                    .contains(
                            "\"context\":\"SystemLoad\"",
                            "\"cpu\":",
                            "\"memoryFree\":",
                            "\"heapUsed\":",
                            "\"poolUsed\":1,",
                            "\"poolIdle\":",
                            "\"poolWaiting\":0,",
                            "\"hashesRunning\":0,",
                            "\"hashesWaiting\":0,",
                            "\"msg\":\"system load\"");
        }
    }

    private static Job eachSecond(Lock lock, Duration limit, Work work) {
        return new Job("ticking", "* * * * * ?", UTC, limit, CatchUp.EACH, lock, work);
    }

    private Replica replica(String name, Job... table) {
        return new Replica(database.settings(), name, table);
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

    private static long waitingLines(LogCapture log) {
        return log.lines().stream()
                .filter(line -> line.contains("jobs wait for the database"))
                .count();
    }

    private static void awaitInterrupt(CountDownLatch interrupted) {
        try {
            TimeUnit.SECONDS.sleep(20);
        } catch (InterruptedException e) {
            interrupted.countDown();
        }
    }
}
