package io.gatehouse.job;

import io.gatehouse.db.DatabaseUnavailableException;
import io.gatehouse.db.Transactions;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs a job once, on a virtual thread of its own, while the calling one watches the time limit and renews the lease.
 * A run that must end is interrupted; whatever it would still write is refused, because its lease is over. One that does
 * not end then is remembered for as long as it goes on. Thread-safe.
 */
final class Runner {

    /** For an interrupted run to end. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(2);

    private final Transactions transactions;
    private final Leases leases;

    /** Of runs that were interrupted and went on all the same, by the names of their jobs. */
    private final Map<String, Thread> unstoppable = new ConcurrentHashMap<>();

    Runner(Transactions transactions, Leases leases) {
        this.transactions = transactions;
        this.leases = leases;
    }

    /**
     * Runs to the end, whatever it is. An interrupt of the calling thread stops the run.
     *
     * @param lease to be renewed; null when the job needs none
     */
    Ended run(Job job, @Nullable Lease lease, Consumer<String> progress) {
        FutureTask<Long> work = new FutureTask<>(() -> job.work().run(new JobRun(transactions, lease, progress)));
        Thread thread = Thread.ofVirtual().name("job-" + job.name()).start(work);
        long end = System.nanoTime() + job.timeLimit().toNanos();
        while (true) {
            long left = end - System.nanoTime();
            if (left <= 0) {
                return stop(job, thread, Outcome.TIMED_OUT, "over its time limit of " + job.timeLimit());
            }
            try {
                return Ended.completed(
                        work.get(Math.min(left, leases.renewEvery().toNanos()), TimeUnit.NANOSECONDS));
            } catch (TimeoutException e) {
                if (lease != null && !renewed(lease)) {
                    return stop(job, thread, Outcome.LOST, "taken over");
                }
            } catch (ExecutionException e) {
                return failed(e.getCause() == null ? e : e.getCause());
            } catch (InterruptedException e) {
                return stop(job, thread, Outcome.STOPPED, "its replica was told to stop");
            }
        }
    }

    private static Ended failed(Throwable cause) {
        return cause instanceof LeaseLostException ? Ended.of(Outcome.LOST, "taken over") : Ended.failed(cause);
    }

    /** While the database is away nobody can take over, either. */
    private boolean renewed(Lease lease) {
        try {
            return leases.renew(lease);
        } catch (DatabaseUnavailableException e) {
            return true;
        }
    }

    /** Whether a run of this process goes on though it was told to end. Another one must not begin beside it. */
    boolean goesOn(String job) {
        Thread thread = unstoppable.get(job);
        return thread != null && thread.isAlive();
    }

    private Ended stop(Job job, Thread thread, Outcome outcome, String why) {
        thread.interrupt();
        try {
            if (!thread.join(LAST_WORDS)) {
                unstoppable.put(job.name(), thread);
                return Ended.of(outcome, why + "; it did not end when interrupted");
            }
        } catch (InterruptedException e) {
            // Told to stop once more; it has had its time.
            unstoppable.put(job.name(), thread);
        }
        return Ended.of(outcome, why);
    }
}
