package io.gatehouse.job;

import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tables about jobs for a terminal. Times in UTC. */
final class JobReport {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(ZoneOffset.UTC);
    private static final String JOB = "%-16s %-16s %-6s %-14s %-19s  %s%n";
    private static final String RUN = "%-19s  %-19s  %8s  %-9s  %8s  %s%n";

    private final PrintStream out;

    JobReport(PrintStream out) {
        this.out = out;
    }

    void jobs(List<Jobs.Overview> jobs) {
        out.printf(JOB, "JOB", "CRON", "ZONE", "RUN BY", "NEXT", "LAST RUN");
        for (Jobs.Overview each : jobs) {
            Job job = each.job();
            out.printf(
                    JOB,
                    job.name(),
                    job.schedule().map(Schedule::cron).orElse("by hand"),
                    job.schedule().map(schedule -> schedule.zone().toString()).orElse(""),
                    job.leased() ? "one replica" : "every replica",
                    time(each.next()),
                    each.last() == null ? "never" : last(each.last()));
        }
    }

    void history(List<JobHistoryStore.Entry> runs) {
        out.printf(RUN, "TICK", "STARTED", "TOOK", "OUTCOME", "ROWS", "REPLICA");
        for (JobHistoryStore.Entry run : runs) {
            out.printf(
                    RUN,
                    time(run.tickAt()),
                    time(run.startedAt()),
                    took(run),
                    run.outcome(),
                    run.rows() == null ? "" : run.rows(),
                    run.replica() + (run.error() == null ? "" : "  " + run.error()));
        }
    }

    private static String last(JobHistoryStore.Entry run) {
        String rows = run.rows() == null ? "" : ", %d rows".formatted(run.rows());
        String error = run.error() == null ? "" : ": " + run.error();
        return "%s %s%s, took %s, by %s%s"
                .formatted(time(run.startedAt()), run.outcome(), rows, took(run), run.replica(), error);
    }

    private static String took(JobHistoryStore.Entry run) {
        return run.endedAt() == null ? "" : text(Duration.between(run.startedAt(), run.endedAt()));
    }

    private static String text(Duration time) {
        return time.compareTo(Duration.ofSeconds(10)) < 0
                ? time.toMillis() + " ms"
                : time.truncatedTo(ChronoUnit.SECONDS).toSeconds() + " s";
    }

    private static String time(@Nullable Instant time) {
        return time == null ? "" : TIME.format(time);
    }
}
