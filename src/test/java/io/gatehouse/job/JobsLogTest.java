package io.gatehouse.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.config.Settings.Address;
import io.gatehouse.config.Settings.Postgres;
import io.gatehouse.crypto.HashParameters;
import io.gatehouse.crypto.PasswordHasher;
import io.gatehouse.crypto.Peppers;
import io.gatehouse.db.Database;
import io.gatehouse.support.Await;
import io.gatehouse.support.Cable;
import io.gatehouse.support.LogCapture;
import io.gatehouse.support.TestDatabase;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the log tells of jobs: of the whole process, so that no other jobs may run meanwhile. */
class JobsLogTest {

    @RegisterExtension
    private final TestDatabase database = new TestDatabase();

    @Test
    void aFailureIsWrittenDownCountedAndTriedAgain() {
        AtomicInteger attempts = new AtomicInteger();
        Job job = JobsTest.eachSecond(Lock.ONE_REPLICA, Duration.ofMinutes(1), run -> {
            if (attempts.incrementAndGet() == 1) {
                throw new IllegalStateException("boom");
            }
            return 0;
        });
        try (LogCapture log = LogCapture.info();
                Replica one = replica("one", job).started()) {
            assertThat(Await.until(JobsTest.SOON, () -> completed() >= 1)).isTrue();
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

    @Test
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
                                        Duration.ofSeconds(1)),
                                "one",
                                JobsTest.eachSecond(Lock.ONE_REPLICA, Duration.ofMinutes(1), run -> 0))
                        .started()) {
            assertThat(Await.until(JobsTest.SOON, () -> completed() >= 1)).isTrue();
            long lines = waitingLines(log);
            cable.pull();
            assertThat(Await.until(JobsTest.SOON, () -> waitingLines(log) > lines))
                    .isTrue();
            Await.pause(Duration.ofMillis(1500));
            assertThat(waitingLines(log)).isEqualTo(lines + 1);
            cable.plug();
            long before = completed();
            assertThat(Await.until(JobsTest.SOON, () -> completed() > before + 1))
                    .isTrue();
        }
    }

    @Test
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

    @Test
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

    private Replica replica(String name, Job... table) {
        return new Replica(database.settings(), name, table);
    }

    private long completed() {
        return Long.parseLong(database.query("select count(*) from job_runs where outcome = 'completed'"));
    }

    private static long waitingLines(LogCapture log) {
        return log.lines().stream()
                .filter(line -> line.contains("jobs wait for the database"))
                .count();
    }
}
