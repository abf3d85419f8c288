package io.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gatehouse.KilledAccount.Held;
import io.gatehouse.KilledAccount.Known;
import io.gatehouse.support.Await;
import io.gatehouse.support.DebianStores;
import io.gatehouse.support.ServeProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kill -9 under load, start again, fifty times in a row: it always starts, nothing that was answered is lost, nothing
 * that was revoked comes back, no id is given twice, no job is stuck. {@code -Dkills=3} for a look.
 */
@Tag("soak")
class KillSoakTest {

    private static final int KILLS = Integer.getInteger("kills", 50);
    private static final int CLIENTS = 12;

    /** On a machine too busy for a number of ids in time: sign-ups get 503 for a moment after the start. */
    private static final String NO_NUMBER_YET = "ids of rows are refused";

    private static final String GIVEN_UP = "job given up for this tick";

    private static final Duration READY = Duration.ofSeconds(30);

    /** For a job of a killed runner: its lease, and a moment to look and to work. */
    private static final Duration TAKEN_OVER = Duration.ofSeconds(20);

    /** Of one round: the last sign-ins before the kill, and some from long ago. */
    private static final int CHECKED = 40;

    @TempDir
    private Path folder;

    private final long seed = System.nanoTime();
    private final SplittableRandom random = new SplittableRandom(seed);
    private final Set<String> leftRunning = new HashSet<>();
    private final List<Duration> starts = new ArrayList<>();
    private int killedWhileStarting;
    private Duration longestTakeOver = Duration.ZERO;
    private String highest = "0";
    private String rowsUpToHighest = "0";

    @Test
    void nothingIsLostOnExternalStores(@TempDir Path storesFolder) throws Exception {
        assumeTrue(DebianStores.installed(), "SKIPPED: PostgreSQL 15 and Redis 7 of Debian are not installed");
        try (DebianStores stores = new DebianStores(storesFolder)) {
            try (ServeProcess up = ServeProcess.start(folder, stores.environment(), "db", "up")) {
                assertThat(up.exitCode()).isZero();
            }
            soak(KILLS, stores.environment(), () -> connect(stores.environment()));
        }
    }

    /** PostgreSQL and Redis of the service itself: they outlive it, and the next one takes them over. */
    @Test
    void nothingIsLostOnEmbeddedStores() throws Exception {
        soak(Math.min(KILLS, 5), Map.of(), this::connectToEmbedded);
    }

    /** The number of ids is free again only when the killed holder's lease is over; the start waits for that. */
    @Test
    void nothingIsLostUnderAFixedWorkerNumber() throws Exception {
        soak(Math.min(KILLS, 3), Map.of("SNOWFLAKE_WORKER_ID", "7"), this::connectToEmbedded);
    }

    private static Connection connect(Map<String, String> environment) throws Exception {
        return DriverManager.getConnection(
                "jdbc:postgresql://localhost:" + environment.get("POSTGRE_PORT") + "/gatehouse?sslmode=require",
                environment.get("POSTGRE_USER"),
                environment.get("POSTGRE_PASSWORD"));
    }

    private Connection connectToEmbedded() throws Exception {
        Path var = folder.resolve("var");
        String port = Files.readAllLines(var.resolve("postgres").resolve("postmaster.pid"))
                .get(3);
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + port + "/gatehouse",
                "gatehouse",
                Files.readString(var.resolve("postgres.password")).strip());
    }

    private void soak(int kills, Map<String, String> stores, Callable<Connection> database) throws Exception {
        long begun = System.nanoTime();
        System.out.printf("seed %d, %d kills, %d clients%n", seed, kills, CLIENTS);
        try (KilledService service = new KilledService(folder, new HashMap<>(stores))) {
            starts.add(service.awaitReady(READY.multipliedBy(2)));
            try (KilledClients clients = new KilledClients(service.client(), CLIENTS, seed)) {
                assertThat(Await.until(READY, () -> !clients.accounts().isEmpty()))
                        .isTrue();
                try (KilledJob job = new KilledJob(database)) {
                    for (int kill = 1; kill <= kills; kill++) {
                        killed(service, job, kill, clients);
                        System.out.printf(
                                "kill %d of %d, after %d s: ready after %.1f s, %s%n",
                                kill,
                                kills,
                                TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun),
                                seconds(starts.getLast()),
                                clients.answers());
                    }
                    assertJobIsNotStuck(job);
                    job.stop();
                    clients.stop();
                    assertNothingIsLost(service, clients, job);
                    assertHistoryIsWhole(service, job);
                }
            }
            assertThat(service.terminate()).isZero();
            assertThat(service.linesWith("\"level\":50"))
                    .allMatch(line -> line.contains(GIVEN_UP) || line.contains(NO_NUMBER_YET));
        }
    }

    /** Some die in the midst of the job, some while they start; one in five lives until the job is taken over. */
    private void killed(KilledService service, KilledJob job, int kill, KilledClients clients) throws Exception {
        switch (kill % 5) {
            case 1 -> assertThat(Await.until(TAKEN_OVER, job::running)).isTrue();
            case 2 -> assertJobIsNotStuck(job);
            default -> Await.pause(Duration.ofMillis(random.nextInt(100, 2000)));
        }
        kill(service, job);
        if (kill % 5 == 3) {
            service.start();
            Await.pause(Duration.ofMillis(random.nextLong(50, starts.getLast().toMillis())));
            kill(service, job);
            killedWhileStarting++;
        }
        List<Held> before = clients.answers().sessions();
        service.start();
        starts.add(service.awaitReady(READY));
        assertSomeAreHeld(before);
        assertThat(clients.answers().wrong()).as("seed " + seed).isEmpty();
    }

    /** What is in the database then, nobody changes: who did it is dead. */
    private void kill(KilledService service, KilledJob job) {
        service.kill();
        assertThat(Await.until(Duration.ofSeconds(10), () -> job.query("""
                                select count(*) from pg_stat_activity
                                where datname = current_database() and backend_type = 'client backend'""").equals("1")))
                .as("connections of the dead")
                .isTrue();
        leftRunning.addAll(job.rows("select job || ' ' || fence from job_runs where outcome = 'running'"));
        assertIdsRise(job);
    }

    /** Whatever came since the last kill lies above all that was there then, or else a number was used again. */
    private void assertIdsRise(KilledJob job) {
        String ids = "(select id from users union all select id from sessions) ids where id > 1000000000000";
        assertThat(job.query("select count(*) from " + ids + " and id <= " + highest))
                .as("ids up to " + highest)
                .isEqualTo(rowsUpToHighest);
        highest = job.query("select coalesce(max(id), 0) from " + ids);
        rowsUpToHighest = job.query("select count(*) from " + ids);
    }

    private void assertSomeAreHeld(List<Held> sessions) {
        Stream<Held> last = sessions.subList(Math.max(0, sessions.size() - CHECKED), sessions.size()).stream();
        Stream<Held> earlier = random.ints(CHECKED / 2, 0, sessions.size()).mapToObj(sessions::get);
        assertThat(Stream.concat(last, earlier))
                .allSatisfy(session -> assertThat(session.check()).isTrue());
    }

    private void assertJobIsNotStuck(KilledJob job) {
        int due = job.due();
        Duration took = Await.timed(() -> assertThat(Await.until(TAKEN_OVER, () -> job.due() > due && job.done()))
                .as(() -> "job done: " + job.rows("select j::text from jobs j") + job.rows("""
                        select r::text from job_runs r order by id desc limit 10"""))
                .isTrue());
        longestTakeOver = took.compareTo(longestTakeOver) > 0 ? took : longestTakeOver;
    }

    private void assertNothingIsLost(KilledService service, KilledClients clients, KilledJob job) {
        KilledAnswers answers = clients.answers();
        assertThat(answers.sessions())
                .allSatisfy(session ->
                        assertThat(session.check()).as("there is an answer").isTrue());
        assertThat(clients.accounts())
                .allSatisfy(
                        account -> assertThat(account.signsIn(service.client())).isTrue());
        assertThat(answers.wrong()).as("seed " + seed).isEmpty();
        Set<String> live = new HashSet<>(job.rows("select id from sessions where ended_at is null"));
        assertThat(answers.sessions())
                .filteredOn(session -> !session.id().isEmpty())
                .allSatisfy(session -> assertThat(live.contains(session.id()))
                        .as("database and answer agree on session " + session.id())
                        .isEqualTo(session.known() != Known.ENDED));
        assertThat(job.rows("select id from users union all select id from sessions"))
                .as("ids of all rows")
                .doesNotHaveDuplicates()
                .containsAll(answers.ids());
        System.out.printf(
                "held: %d live, %d ended, %d of unanswered revocations still live; %d accounts%n",
                count(answers, Known.LIVE),
                count(answers, Known.ENDED),
                count(answers, Known.IN_DOUBT),
                clients.accounts().size());
    }

    private static long count(KilledAnswers answers, Known known) {
        return answers.sessions().stream()
                .filter(session -> session.known() == known)
                .count();
    }

    private void assertHistoryIsWhole(KilledService service, KilledJob job) throws Exception {
        assertThat(Await.until(TAKEN_OVER, () -> job.done() && job.leftOver().equals("0")))
                .as("all was purged")
                .isTrue();
        assertThat(Await.until(
                        TAKEN_OVER,
                        () -> job.query("select count(*) from invalidations").equals("0")))
                .as("all was invalidated")
                .isTrue();
        assertThat(job.query("select count(*) from job_runs where outcome = 'running'"))
                .isEqualTo("0");
        assertThat(job.query("select count(*) from jobs where runner is not null"))
                .isEqualTo("0");
        assertThat(job.rows("select job || ' ' || fence from job_runs where outcome = 'lost'"))
                .as("runs of the killed")
                .containsExactlyInAnyOrderElementsOf(leftRunning);
        assertThat(job.rows("select distinct outcome from job_runs")).isSubsetOf("completed", "lost");
        assertThat(job.query("select coalesce(bool_and(runs = fence), true) from jobs"
                        + " join (select job, count(fence) runs from job_runs group by job) r on job = name"))
                .as("each lease has its row")
                .isEqualTo("t");
        int completed = Integer.parseInt(job.query("""
                select count(*) from job_runs where job = 'session-purge' and outcome = 'completed'"""));
        int givenUp = service.linesWith(GIVEN_UP).size();
        // The hour may really have passed once.
        assertThat(completed + givenUp).as("once per tick").isBetween(job.due(), job.due() + 1);
        System.out.printf(
                "%d kills while starting; starts: %.1f s at most; job: %d ticks, %d completed, %d lost, %d given up,"
                        + " %.1f s from due to done at most%n",
                killedWhileStarting,
                seconds(starts.stream().max(Duration::compareTo).orElseThrow()),
                job.due(),
                completed,
                leftRunning.size(),
                givenUp,
                seconds(longestTakeOver));
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }
}
