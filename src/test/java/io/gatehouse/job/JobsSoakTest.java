package io.gatehouse.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.config.Settings.Postgres;
import io.gatehouse.support.Await;
import io.gatehouse.support.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Three processes, a job of every second for more than a minute: one is killed, one stopped and continued. */
@Tag("soak")
class JobsSoakTest {

    private static final Duration SOON = Duration.ofSeconds(40);

    @RegisterExtension
    private final TestDatabase database = new TestDatabase();

    @TempDir
    private Path folder;

    @Test
    void everyTickIsCompletedOnceAndNobodyWritesWithoutTheLease() throws Exception {
        database.execute("create table written (run text, replica text, runner text, fence bigint, tick timestamptz)");
        long begun = System.nanoTime();
        try (Ticking killed = new Ticking("killed", 0)) {
            assertThat(Await.until(SOON, () -> isRunner("killed"))).isTrue();
            try (Ticking stopped = new Ticking("stopped", 0);
                    Ticking wrong = new Ticking("wrong", 2)) {
                TimeUnit.SECONDS.sleep(5);
                whileItWorks("killed", killed::kill);
                whileItWorks("stopped", () -> stopped.signal("STOP"));
                long fence = fence();
                assertThat(Await.until(SOON, () -> fence() > fence && isRunner("wrong")))
                        .as("taken over")
                        .isTrue();
                stopped.signal("CONT");
                TimeUnit.SECONDS.sleep(Math.max(5, 70 - TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun)));
                assertThat(stopped.end()).isZero();
                assertThat(wrong.end()).isZero();
            }
        }
        figures();
        assertOncePerTick();
        assertNoWriteWithoutTheLease();
        assertWholeHistory();
    }

    /** Not before it is in the middle of a run, having written once. */
    private void whileItWorks(String replica, Deed deed) throws Exception {
        assertThat(Await.until(
                        SOON,
                        () -> isTrue("select count(*) = 1 from written w join jobs j on j.fence = w.fence"
                                + " where j.runner is not null and j.runner_name = '" + replica + "'")))
                .as(replica + " runs the job")
                .isTrue();
        deed.done();
    }

    private void assertOncePerTick() {
        assertThat(database.query("select count(*) from job_runs where outcome = 'completed'"))
                .satisfies(count -> assertThat(Long.parseLong(count)).isGreaterThanOrEqualTo(60));
        assertThat(isTrue("select count(*) = count(distinct tick_at) from job_runs where outcome = 'completed'"))
                .isTrue();
        assertThat(isTrue("""
                select extract(epoch from max(tick_at) - min(tick_at))::int = count(*) - 1
                from job_runs where outcome = 'completed'""")).as("no tick is left out").isTrue();
    }

    private void assertNoWriteWithoutTheLease() {
        assertThat(isTrue("select bool_and(replica = runner) from written"))
                .as("who wrote had the lease")
                .isTrue();
        assertThat(isTrue(
                        "select max(fences) = 1 from (select count(distinct fence) fences from written group by run)"))
                .as("all that a run wrote is of one lease")
                .isTrue();
        assertThat(isTrue("select max(runs) = 1 from (select count(distinct run) runs from written group by fence)"))
                .as("a lease has one run")
                .isTrue();
        assertThat(isTrue("""
                select bool_and((select count(*) from written w where w.fence = r.fence) = 2)
                from job_runs r where outcome = 'completed'""")).as("what is completed is whole").isTrue();
    }

    private void assertWholeHistory() {
        assertThat(isTrue("select max(fence) = count(*) from job_runs"))
                .as("each lease has its row")
                .isTrue();
        assertThat(database.query("select count(*) from job_runs where outcome = 'running'"))
                .isEqualTo("0");
        assertThat(database.query("""
                select string_agg(replica, ' ' order by id) from job_runs where outcome = 'lost'""")).isEqualTo("killed stopped");
    }

    private void figures() {
        System.out.printf(
                "jobs: %s; rows written: %s%n", database.query("""
                select string_agg(concat_ws(' ', replica, outcome, n), ', ') from
                (select replica, outcome, count(*) n from job_runs group by replica, outcome order by 1, 2)"""), database.query("select count(*) from written"));
    }

    private boolean isRunner(String replica) {
        return isTrue("select exists (select from jobs where runner is not null and runner_name = '" + replica + "')");
    }

    private long fence() {
        return Long.parseLong(database.query("select max(fence) from jobs"));
    }

    private boolean isTrue(String query) {
        return database.query(query).equals("t");
    }

    @FunctionalInterface
    private interface Deed {
        void done() throws Exception;
    }

    /** A process. */
    private final class Ticking implements AutoCloseable {

        private final Process process;

        Ticking(String name, int clockIsWrongBy) throws IOException {
            Postgres postgres = database.settings();
            Path output = Files.createTempFile(folder, name, ".txt");
            ProcessBuilder builder = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx112m",
                            "-cp",
                            System.getProperty("java.class.path"),
                            TickingReplica.class.getName(),
                            Integer.toString(postgres.addresses().getFirst().port()),
                            postgres.database(),
                            postgres.login().user(),
                            name,
                            Integer.toString(clockIsWrongBy))
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile());
            builder.environment().put("PGPASSWORD", postgres.login().password().value());
            process = builder.start();
        }

        void kill() {
            process.destroyForcibly();
        }

        void signal(String name) throws Exception {
            int code = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                    .start()
                    .waitFor();
            assertThat(code).isZero();
        }

        /** SIGTERM; 0 when it was answered in time, and with a clean end. */
        int end() throws Exception {
            process.destroy();
            assertThat(process.waitFor(15, TimeUnit.SECONDS)).isTrue();
            return process.exitValue() == 143 ? 0 : process.exitValue();
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }
}
