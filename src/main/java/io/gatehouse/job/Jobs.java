package io.gatehouse.job;

import io.gatehouse.db.Database;
import io.gatehouse.db.DatabaseUnavailableException;
import io.gatehouse.db.Transactions;
import io.helidon.scheduling.Cron;
import io.helidon.scheduling.FixedRate;
import io.helidon.scheduling.Task;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Scheduled work, by helidon-scheduling on virtual threads. A job of all replicas is looked for every second: whoever
 * finds a tick that is due by the database's clock, and takes the lease, runs it; so a crashed runner is taken over by
 * whoever looks next. A job never overlaps itself. Besides, beats of this process alone. Thread-safe once started.
 */
public final class Jobs implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Jobs.class);

    /** A job of another replica that has crashed is free after this time. */
    private static final Duration LEASE = Duration.ofSeconds(10);

    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

    /** Beats and jobs of every replica that may run at once; further ones wait. */
    private static final int MOST_AT_ONCE = 8;

    /** Within what a stopping service may take. */
    private static final Duration FINISH = Duration.ofSeconds(2);

    private static final Duration STOP = Duration.ofSeconds(3);

    private final List<Job> table;
    private final List<String> leased;
    private final Leases leases;
    private final Runner runner;
    private final Runs attempts;
    private final JobMeters meters;
    private final Clock clock;
    private final ScheduledExecutorService executor = Executors.newScheduledThreadPool(
            MOST_AT_ONCE, Thread.ofVirtual().name("job-", 0).factory());
    private final ExecutorService runs = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("job-watch-", 0).factory());
    private final List<Task> tasks = new ArrayList<>();
    private final Set<String> busy = ConcurrentHashMap.newKeySet();
    private volatile boolean closing;
    private volatile boolean away;

    /**
     * Starts nothing yet.
     *
     * @param table every job
     * @param database for leases and history, with a connection of its own
     * @param transactions of the work itself
     * @param replica name of this process, for people
     */
    public Jobs(
            List<Job> table,
            Database database,
            Transactions transactions,
            String replica,
            Clock clock,
            MeterRegistry meters) {
        this(table, new Leases(database, replica, LEASE), transactions, clock, meters);
    }

    Jobs(List<Job> table, Leases leases, Transactions transactions, Clock clock, MeterRegistry meters) {
        this.table = List.copyOf(table);
        this.leased = table.stream().filter(Jobs::byTheClock).map(Job::name).toList();
        this.leases = leases;
        this.meters = new JobMeters(meters, table);
        this.clock = clock;
        this.runner = new Runner(transactions, leases);
        this.attempts = new Runs(runner, leases, this.meters, clock);
    }

    private static boolean byTheClock(Job job) {
        return job.leased() && job.schedule().isPresent();
    }

    /** From now on jobs are run when they are due. */
    public void start() {
        for (Job job : table) {
            if (!job.leased()) {
                job.schedule().ifPresent(schedule -> add(job, schedule));
            }
        }
        every("job-look", LOOK_EVERY, this::look);
    }

    private void add(Job job, Schedule schedule) {
        tasks.add(Cron.builder()
                .id(job.name())
                .executor(executor)
                .expression(schedule.cron())
                .zone(schedule.zone())
                .concurrentExecution(false)
                .task(invocation -> runUnleased(job))
                .build());
    }

    private void runUnleased(Job job) {
        if (!runner.goesOn(job.name())) {
            Ended _ = attempts.run(job, null, Jobs::tell);
        }
    }

    /** Schedules a beat at a fixed distance of starts, the first one after that distance. Leaves no history. */
    public void every(String name, Duration interval, Runnable work) {
        tasks.add(FixedRate.builder()
                .id(name)
                .executor(executor)
                .delayBy(interval)
                .interval(interval)
                .task(invocation -> beat(name, work))
                .build());
    }

    private static void beat(String name, Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            log.atError().addKeyValue("job", name).setCause(e).log("job failed");
        }
    }

    /** Starts what is due and free. */
    private void look() {
        List<JobStore.State> states;
        try {
            states = leases.states(leased);
            away = false;
        } catch (DatabaseUnavailableException e) {
            sayAway(e);
            return;
        }
        for (JobStore.State state : states) {
            if (state.completedAt() != null) {
                meters.succeeded(state.name(), state.completedAt());
            }
            Job job = job(state.name());
            if (Leases.due(job, state).isPresent() && !runner.goesOn(job.name()) && busy.add(job.name())) {
                submit(job);
            }
        }
    }

    /** Once for an outage. */
    private void sayAway(DatabaseUnavailableException e) {
        if (!away) {
            log.atWarn().addKeyValue("cause", e.getMessage()).log("jobs wait for the database");
        }
        away = true;
    }

    private void submit(Job job) {
        try {
            runs.execute(() -> runWhatIsDue(job));
        } catch (RejectedExecutionException e) {
            // Stopping.
            busy.remove(job.name());
        }
    }

    private void runWhatIsDue(Job job) {
        try {
            Optional<Lease> lease = leases.claim(job);
            while (lease.isPresent() && !closing) {
                boolean completed = attempts.run(job, lease.get(), Jobs::tell).completed();
                lease = completed && !closing ? leases.claim(job) : Optional.empty();
            }
        } catch (DatabaseUnavailableException e) {
            sayAway(e);
        } catch (RuntimeException e) {
            log.atError().addKeyValue("job", job.name()).setCause(e).log("job failed");
        } finally {
            busy.remove(job.name());
        }
    }

    /**
     * Runs a job once, now, in this process.
     *
     * @throws JobBusyException while it is being run
     */
    Ended runNow(String name, Consumer<String> progress) {
        Job job = job(name);
        return attempts.run(job, job.leased() ? leases.claimByHand(name) : null, progress);
    }

    /**
     * A job as operators see it.
     *
     * @param next tick; null for a job that only they run
     * @param last attempt; null when there was none within the time that history is kept
     */
    record Overview(Job job, @Nullable Instant next, JobHistoryStore.@Nullable Entry last) {}

    /** Every job of the table. */
    List<Overview> overview() {
        Map<String, JobHistoryStore.Entry> last = leases.lastRuns();
        Instant now = clock.instant();
        return table.stream()
                .map(job -> new Overview(
                        job,
                        job.schedule().flatMap(schedule -> schedule.next(now)).orElse(null),
                        last.get(job.name())))
                .toList();
    }

    /** The last attempts at a job, the latest first. */
    List<JobHistoryStore.Entry> history(String name) {
        return leases.runsOf(name);
    }

    private static void tell(String line) {
        log.info(line);
    }

    private Job job(String name) {
        return table.stream().filter(job -> job.name().equals(name)).findFirst().orElseThrow();
    }

    /** Starts no more runs, waits a moment for those under way, and stops what goes on. */
    @Override
    public void close() {
        closing = true;
        tasks.forEach(Task::close);
        executor.shutdown();
        runs.shutdown();
        try {
            boolean _ = runs.awaitTermination(FINISH.toMillis(), TimeUnit.MILLISECONDS);
            runs.shutdownNow();
            executor.shutdownNow();
            if (!runs.awaitTermination(STOP.toMillis(), TimeUnit.MILLISECONDS)) {
                log.warn("a job does not end; its lease will be taken over");
            }
        } catch (InterruptedException e) {
            runs.shutdownNow();
            executor.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
