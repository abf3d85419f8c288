package io.gatehouse.job;

import io.gatehouse.db.Batches;
import java.time.Clock;
import java.time.Duration;

/** Deletes the history of runs that began longer ago than it has to be kept. */
public final class HistoryPurge implements Work {

    private final Duration retention;
    private final Clock clock;

    public HistoryPurge(Duration retention, Clock clock) {
        this.retention = retention;
        this.clock = clock;
    }

    @Override
    public long run(JobRun run) {
        var before = clock.instant().minus(retention);
        return Batches.delete(run, (sql, most) -> new JobHistoryStore(sql).purge(before, most));
    }
}
