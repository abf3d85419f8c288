package io.gatehouse.job;

import io.gatehouse.db.Database;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which replica runs what. A lease lies in PostgreSQL and is renewed while its run goes on; one that is not renewed may
 * be taken by another replica, whose fence is higher. What is due is decided by the database's clock, so that the
 * replicas' own may be wrong. Thread-safe.
 */
final class Leases {

    private static final Logger log = LoggerFactory.getLogger(Leases.class);

    /** A tick that has failed, or killed its replica, so often is given up. */
    private static final int MOST_ATTEMPTS = 5;

    private static final Duration LONGEST_BACKOFF = Duration.ofMinutes(1);

    private static final int MOST_SHOWN = 20;

    private final Database database;
    private final String replica;
    private final Duration length;
    private final UUID runner = UUID.randomUUID();

    /**
     * @param database with a connection of its own, so that renewals do not wait behind requests
     * @param replica name of this process, for people
     * @param length of a lease that is not renewed
     */
    Leases(Database database, String replica, Duration length) {
        this.database = database;
        this.replica = replica;
        this.length = length;
    }

    /** How often to renew. */
    Duration renewEvery() {
        return length.dividedBy(4);
    }

    /** The state of jobs; those that are new become known. */
    List<JobStore.State> states(Collection<String> names) {
        List<JobStore.State> known = database.read(sql -> new JobStore(sql).states(names));
        if (known.size() == names.size()) {
            return known;
        }
        return database.tx(sql -> {
            JobStore store = new JobStore(sql);
            store.plant(names);
            return store.states(names);
        });
    }

    /** The tick that may be tried now, if the state was still so. */
    static Optional<Instant> due(Job job, JobStore.State state) {
        return state.mayTry()
                ? job.schedule().flatMap(schedule -> schedule.due(state.tickAt(), state.now(), job.catchUp()))
                : Optional.empty();
    }

    /** Takes a job for its next tick; empty when there is none to run now, or another replica runs it. */
    Optional<Lease> claim(Job job) {
        return database.tx(sql -> {
            JobStore store = new JobStore(sql);
            return store.lock(job.name()).flatMap(state -> due(job, state).flatMap(tick -> take(store, state, tick)));
        });
    }

    private Optional<Lease> take(JobStore store, JobStore.State state, Instant tick) {
        store.closeLeft(state.name(), state.left());
        int attempt = state.nextAttempt(tick);
        if (attempt > MOST_ATTEMPTS) {
            store.giveUp(state.name(), tick);
            log.atError()
                    .addKeyValue("job", state.name())
                    .addKeyValue("tick", tick)
                    .addKeyValue("attempts", MOST_ATTEMPTS)
                    .log("job given up for this tick, see ./gatehouse jobs list {}", state.name());
            return Optional.empty();
        }
        return Optional.of(store.take(state.name(), tick, attempt, runner, replica, length));
    }

    /**
     * Takes a job for a run by hand.
     *
     * @throws JobBusyException while it is being run
     */
    Lease claimByHand(String job) {
        return database.tx(sql -> {
            JobStore store = new JobStore(sql);
            store.plant(List.of(job));
            JobStore.State state =
                    store.lock(job).orElseThrow(() -> new JobBusyException(job, "another replica, from this moment"));
            @Nullable String other = state.runner();
            if (other != null) {
                throw new JobBusyException(job, other);
            }
            store.closeLeft(job, state.left());
            return store.take(job, null, 1, runner, replica, length);
        });
    }

    /** False when another replica has taken over. */
    boolean renew(Lease lease) {
        return database.tx(sql -> new JobStore(sql).renew(lease, length));
    }

    /** Writes down what became of a run, and lets the job go; false when another replica has taken over. */
    boolean end(Lease lease, Ended ended) {
        boolean again = ended.completed() || ended.outcome() == Outcome.STOPPED;
        Duration retryIn = again ? Duration.ZERO : backoff(lease.attempt());
        return database.tx(sql -> new JobStore(sql).end(lease, ended, retryIn));
    }

    /** The same of a run that needed no lease. */
    void record(String job, Duration took, Ended ended) {
        database.tx(sql -> {
            new JobStore(sql).record(job, replica, took, ended);
            return true;
        });
    }

    Map<String, JobHistoryStore.Entry> lastRuns() {
        return database.read(sql -> new JobHistoryStore(sql).last());
    }

    List<JobHistoryStore.Entry> runsOf(String job) {
        return database.read(sql -> new JobHistoryStore(sql).of(job, MOST_SHOWN));
    }

    private static Duration backoff(int attempt) {
        Duration doubled = Duration.ofSeconds(1L << Math.min(attempt, 10));
        return doubled.compareTo(LONGEST_BACKOFF) < 0 ? doubled : LONGEST_BACKOFF;
    }
}
