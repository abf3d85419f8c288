package io.gatehouse.job;

import io.gatehouse.db.DatabaseUnavailableException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Runs a job once and tells history, log and metrics what became of it. Thread-safe. */
final class Runs {

    /** For the database to take down what became of a run. */
    private static final int MOST_TRIES = 5;

    private final Runner runner;
    private final Leases leases;
    private final JobMeters meters;
    private final Clock clock;

    Runs(Runner runner, Leases leases, JobMeters meters, Clock clock) {
        this.runner = runner;
        this.leases = leases;
        this.meters = meters;
        this.clock = clock;
    }

    /**
     * Runs to the end, whatever it is.
     *
     * @param lease null when the job needs none
     */
    Ended run(Job job, @Nullable Lease lease, Consumer<String> progress) {
        long start = System.nanoTime();
        Ended ended = runner.run(job, lease, progress);
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        Ended seen = writtenDown(job, lease, ended, took) ? ended : Ended.of(Outcome.LOST, "taken over");
        meters.ended(job.name(), seen, took);
        if (seen.completed()) {
            meters.succeeded(job.name(), clock.instant());
        }
        JobLog.write(job, lease, seen, took);
        return seen;
    }

    /** Keeps trying for a while: a run whose end nobody knows is done again. */
    private boolean writtenDown(Job job, @Nullable Lease lease, Ended ended, Duration took) {
        for (int tries = 1; ; tries++) {
            try {
                if (lease != null) {
                    return leases.end(lease, ended);
                }
                leases.record(job.name(), took, ended);
                return true;
            } catch (DatabaseUnavailableException e) {
                if (tries == MOST_TRIES || !pause()) {
                    // Of a job without a lease nothing depends on the history.
                    return lease == null;
                }
            }
        }
    }

    private static boolean pause() {
        try {
            TimeUnit.SECONDS.sleep(1);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
