package io.gatehouse.job;

import static io.gatehouse.db.gen.Tables.JOB_RUNS;
import static org.jooq.impl.DSL.select;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jooq.DSLContext;
import org.jooq.Record8;
import org.jspecify.annotations.Nullable;

/** What became of runs. */
final class JobHistoryStore {

    private final DSLContext sql;

    JobHistoryStore(DSLContext sql) {
        this.sql = sql;
    }

    /** One attempt, times by the database's clock. */
    record Entry(
            String job,
            @Nullable Instant tickAt,
            String replica,
            Instant startedAt,
            @Nullable Instant endedAt,
            String outcome,
            @Nullable Long rows,
            @Nullable String error) {}

    /** The last attempt at each job. */
    Map<String, Entry> last() {
        return sql.select(
                        JOB_RUNS.JOB,
                        JOB_RUNS.TICK_AT,
                        JOB_RUNS.REPLICA,
                        JOB_RUNS.STARTED_AT,
                        JOB_RUNS.ENDED_AT,
                        JOB_RUNS.OUTCOME,
                        JOB_RUNS.ROW_COUNT,
                        JOB_RUNS.ERROR)
                .distinctOn(JOB_RUNS.JOB)
                .from(JOB_RUNS)
                .orderBy(JOB_RUNS.JOB, JOB_RUNS.STARTED_AT.desc(), JOB_RUNS.ID.desc())
                .fetchMap(JOB_RUNS.JOB, JobHistoryStore::entry);
    }

    /** The last attempts at one job, the latest first. */
    List<Entry> of(String job, int most) {
        return sql.select(
                        JOB_RUNS.JOB,
                        JOB_RUNS.TICK_AT,
                        JOB_RUNS.REPLICA,
                        JOB_RUNS.STARTED_AT,
                        JOB_RUNS.ENDED_AT,
                        JOB_RUNS.OUTCOME,
                        JOB_RUNS.ROW_COUNT,
                        JOB_RUNS.ERROR)
                .from(JOB_RUNS)
                .where(JOB_RUNS.JOB.eq(job))
                .orderBy(JOB_RUNS.STARTED_AT.desc(), JOB_RUNS.ID.desc())
                .limit(most)
                .fetch(JobHistoryStore::entry);
    }

    /** Deletes so many attempts that began before a time. Rows that another replica deletes are left to it. */
    int purge(Instant before, int most) {
        return sql.deleteFrom(JOB_RUNS)
                .where(JOB_RUNS.ID.in(select(JOB_RUNS.ID)
                        .from(JOB_RUNS)
                        .where(JOB_RUNS.STARTED_AT.lt(before))
                        .and(JOB_RUNS.OUTCOME.ne(Outcome.RUNNING.text()))
                        .limit(most)
                        .forUpdate()
                        .skipLocked()))
                .execute();
    }

    private static Entry entry(Record8<String, Instant, String, Instant, Instant, String, Long, String> row) {
        return new Entry(
                row.value1(),
                row.value2(),
                row.value3(),
                row.value4(),
                row.value5(),
                row.value6(),
                row.value7(),
                row.value8());
    }
}
