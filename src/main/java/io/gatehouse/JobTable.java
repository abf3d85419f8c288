package io.gatehouse;

import static io.gatehouse.job.CatchUp.ONCE;
import static io.gatehouse.job.CatchUp.SKIP;
import static io.gatehouse.job.Lock.EVERY_REPLICA;
import static io.gatehouse.job.Lock.ONE_REPLICA;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static java.time.ZoneOffset.UTC;

import io.gatehouse.config.Settings;
import io.gatehouse.job.HistoryPurge;
import io.gatehouse.job.Job;
import io.gatehouse.job.JobRun;
import io.gatehouse.job.LogRotation;
import io.gatehouse.job.SystemLoad;
import io.gatehouse.log.Logging;
import io.gatehouse.user.Reseal;
import io.gatehouse.webhook.Endpoints;
import java.time.Clock;
import java.util.List;
import java.util.Set;

/** Every job, on one screen. Cron in Quartz' form, seconds first. */
final class JobTable {

    static final String RESEAL = "reseal";

    /** Of all jobs, before there is anything that they could work on. */
    static final Set<String> NAMES =
            Set.of("system-load", "log-rotation", "session-purge", "history-purge", "webhook-purge", RESEAL);

    private JobTable() {}

    /** What is run by the clock, and what operators run. */
    static List<Job> of(Core core, Settings settings, Clock clock) {
        HistoryPurge history = new HistoryPurge(settings.sessions().retention(), clock);
        LogRotation logs = new LogRotation(settings.logs().file().map(file -> Logging.archives(file, clock)));
        // spotless:off
        return List.of(
                //      name             cron             zone limit         missed lock           work
                new Job("system-load",   "0 0/5 * * * ?", UTC, ofSeconds(10), SKIP, EVERY_REPLICA, new SystemLoad(core.meters())),
                new Job("log-rotation",  "0 7 * * * ?",   UTC, ofMinutes(5),  SKIP, EVERY_REPLICA, logs),
                new Job("session-purge", "0 17 * * * ?",  UTC, ofMinutes(10), ONCE, ONE_REPLICA,   core.sessions()::purge),
                new Job("history-purge", "0 41 3 * * ?",  UTC, ofMinutes(10), ONCE, ONE_REPLICA,   history),
                new Job("webhook-purge", "0 27 * * * ?",  UTC, ofMinutes(10), ONCE, ONE_REPLICA,   core.endpoints()::purge),
                Job.byHand(RESEAL, ofHours(24), run -> reseal(core, run)));
        // spotless:on
    }

    private static long reseal(Core core, JobRun run) {
        // The few first: neither keeps the other from being done as far as it can be.
        Endpoints.Resealed endpoints = core.endpoints().reseal(run, run::tell);
        long rows = core.reseal().run(run, run::tell);
        if (endpoints.left() > 0) {
            throw new Reseal.IncompleteException();
        }
        return endpoints.done() + rows;
    }
}
