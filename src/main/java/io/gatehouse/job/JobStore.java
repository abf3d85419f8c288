package io.gatehouse.job;

import static io.gatehouse.db.gen.Tables.JOBS;
import static io.gatehouse.db.gen.Tables.JOB_RUNS;
import static java.util.Objects.requireNonNull;
import static org.jooq.impl.DSL.coalesce;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.greatest;
import static org.jooq.impl.DSL.val;
import static org.jooq.impl.DSL.when;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record9;
import org.jooq.SelectConditionStep;
import org.jspecify.annotations.Nullable;

/** Leases and history of jobs in PostgreSQL, whose clock alone decides what is due and when a lease is over. */
final class JobStore {

    /** The statement's own time: a transaction that waited for a lock began in the past. */
    private static final Field<Instant> NOW = field("clock_timestamp()", Instant.class);

    private static final Condition FREE = JOBS.RUNNER.isNull().or(JOBS.LEASED_UNTIL.lt(NOW));

    private final DSLContext sql;

    JobStore(DSLContext sql) {
        this.sql = sql;
    }

    /**
     * A job as it stands.
     *
     * @param tickAt ticks up to this one are done
     * @param runner who has the lease, for people; null when it is free
     * @param left an unfinished attempt under this fence was left by a runner that is gone; 0 when there is none
     * @param attempts at the running tick so far
     * @param now by the database's clock
     */
    record State(
            String name,
            Instant tickAt,
            @Nullable String runner,
            long left,
            @Nullable Instant runningTick,
            int attempts,
            Instant retryAt,
            @Nullable Instant completedAt,
            Instant now) {

        boolean free() {
            return runner == null;
        }

        boolean mayTry() {
            return free() && !retryAt.isAfter(now);
        }

        /** Which attempt at a tick the next one would be, from 1. */
        int nextAttempt(Instant tick) {
            return tick.equals(runningTick) ? attempts + 1 : 1;
        }
    }

    /** Makes the rows of jobs that are new; their first tick is the next one. */
    void plant(Collection<String> names) {
        for (String name : names) {
            sql.insertInto(JOBS)
                    .set(JOBS.NAME, name)
                    .set(JOBS.TICK_AT, NOW)
                    .onConflictDoNothing()
                    .execute();
        }
    }

    List<State> states(Collection<String> names) {
        return select(JOBS.NAME.in(names)).fetch(JobStore::state);
    }

    /** Locks a job; empty while another transaction has it, or there is none. */
    Optional<State> lock(String name) {
        return select(JOBS.NAME.eq(name)).forUpdate().skipLocked().fetchOptional(JobStore::state);
    }

    /** The attempt that a runner left behind is over. */
    void closeLeft(String job, long fence) {
        sql.update(JOB_RUNS)
                .set(JOB_RUNS.OUTCOME, Outcome.LOST.text())
                .set(JOB_RUNS.ENDED_AT, NOW)
                .set(JOB_RUNS.ERROR, "its replica did not renew the lease")
                .where(JOB_RUNS.JOB.eq(job))
                .and(JOB_RUNS.FENCE.eq(fence))
                .and(JOB_RUNS.OUTCOME.eq(Outcome.RUNNING.text()))
                .execute();
    }

    /** Takes a locked job for an attempt, which the history shows from now on. */
    Lease take(String job, @Nullable Instant tick, int attempt, UUID runner, String runnerName, Duration lease) {
        long fence = requireNonNull(sql.update(JOBS)
                .set(JOBS.FENCE, JOBS.FENCE.plus(1))
                .set(JOBS.RUNNER, runner)
                .set(JOBS.RUNNER_NAME, runnerName)
                .set(JOBS.LEASED_UNTIL, after(lease))
                .set(JOBS.RUNNING_TICK, tick)
                .set(JOBS.ATTEMPTS, attempt)
                .where(JOBS.NAME.eq(job))
                .returning(JOBS.FENCE)
                .fetchSingle(JOBS.FENCE));
        sql.insertInto(JOB_RUNS)
                .set(JOB_RUNS.JOB, job)
                .set(JOB_RUNS.TICK_AT, tick)
                .set(JOB_RUNS.FENCE, fence)
                .set(JOB_RUNS.REPLICA, runnerName)
                .set(JOB_RUNS.STARTED_AT, NOW)
                .set(JOB_RUNS.OUTCOME, Outcome.RUNNING.text())
                .execute();
        return new Lease(job, fence, tick, attempt);
    }

    /** A locked job's tick will not be tried any more. */
    void giveUp(String job, Instant tick) {
        sql.update(JOBS)
                .set(JOBS.TICK_AT, tick)
                .setNull(JOBS.RUNNER)
                .setNull(JOBS.RUNNER_NAME)
                .set(JOBS.LEASED_UNTIL, Instant.EPOCH)
                .where(JOBS.NAME.eq(job))
                .execute();
    }

    /** False when the lease is another's. */
    boolean renew(Lease lease, Duration length) {
        return sql.update(JOBS)
                        .set(JOBS.LEASED_UNTIL, after(length))
                        .where(own(lease))
                        .execute()
                == 1;
    }

    /**
     * Whether the lease is still ours, and stays so until this transaction ends: whoever takes over has to wait for it.
     * A renewal has not.
     */
    boolean holds(Lease lease) {
        return sql.select(JOBS.NAME)
                .from(JOBS)
                .where(own(lease))
                .forKeyShare()
                .fetchOptional()
                .isPresent();
    }

    /**
     * Ends an attempt and its lease. One that its replica had to stop does not count as an attempt at the tick.
     *
     * @param retryIn before the next attempt at an unfinished tick
     * @return false when the lease was another's already: nothing is written then
     */
    boolean end(Lease lease, Ended ended, Duration retryIn) {
        boolean done = ended.completed();
        boolean held = sql.update(JOBS)
                        .setNull(JOBS.RUNNER)
                        .setNull(JOBS.RUNNER_NAME)
                        .set(JOBS.LEASED_UNTIL, Instant.EPOCH)
                        .set(
                                JOBS.TICK_AT,
                                done ? greatest(JOBS.TICK_AT, coalesce(val(lease.tick()), JOBS.TICK_AT)) : JOBS.TICK_AT)
                        .set(JOBS.COMPLETED_AT, done ? NOW : JOBS.COMPLETED_AT)
                        .set(JOBS.ATTEMPTS, ended.outcome() == Outcome.STOPPED ? JOBS.ATTEMPTS.minus(1) : JOBS.ATTEMPTS)
                        .set(JOBS.RETRY_AT, after(retryIn))
                        .where(own(lease))
                        .execute()
                == 1;
        if (held) {
            sql.update(JOB_RUNS)
                    .set(JOB_RUNS.ENDED_AT, NOW)
                    .set(JOB_RUNS.OUTCOME, ended.outcome().text())
                    .set(JOB_RUNS.ROW_COUNT, ended.rows())
                    .set(JOB_RUNS.ERROR, ended.error())
                    .where(JOB_RUNS.JOB.eq(lease.job()))
                    .and(JOB_RUNS.FENCE.eq(lease.fence()))
                    .execute();
        }
        return held;
    }

    /** Adds a run that needed no lease, after its end. */
    void record(String job, String replica, Duration took, Ended ended) {
        sql.insertInto(JOB_RUNS)
                .set(JOB_RUNS.JOB, job)
                .set(JOB_RUNS.REPLICA, replica)
                .set(JOB_RUNS.STARTED_AT, after(took.negated()))
                .set(JOB_RUNS.ENDED_AT, NOW)
                .set(JOB_RUNS.OUTCOME, ended.outcome().text())
                .set(JOB_RUNS.ROW_COUNT, ended.rows())
                .set(JOB_RUNS.ERROR, ended.error())
                .execute();
    }

    private SelectConditionStep<Record9<String, Instant, String, Long, Instant, Integer, Instant, Instant, Instant>>
            select(Condition condition) {
        return sql.select(
                        JOBS.NAME,
                        JOBS.TICK_AT,
                        when(FREE, val((String) null)).otherwise(JOBS.RUNNER_NAME),
                        when(JOBS.RUNNER.isNotNull().and(FREE), JOBS.FENCE).otherwise(0L),
                        JOBS.RUNNING_TICK,
                        JOBS.ATTEMPTS,
                        JOBS.RETRY_AT,
                        JOBS.COMPLETED_AT,
                        NOW)
                .from(JOBS)
                .where(condition);
    }

    private static State state(
            Record9<String, Instant, String, Long, Instant, Integer, Instant, Instant, Instant> row) {
        return new State(
                row.value1(),
                row.value2(),
                row.value3(),
                row.value4(),
                row.value5(),
                row.value6(),
                row.value7(),
                row.value8(),
                row.value9());
    }

    private static Condition own(Lease lease) {
        return JOBS.NAME.eq(lease.job()).and(JOBS.FENCE.eq(lease.fence())).and(JOBS.RUNNER.isNotNull());
    }

    private static Field<Instant> after(Duration time) {
        return field("clock_timestamp() + {0} * interval '1 millisecond'", Instant.class, val(time.toMillis()));
    }
}
