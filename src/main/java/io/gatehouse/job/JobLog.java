package io.gatehouse.job;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/** One line per run. Stateless. */
final class JobLog {

    private static final Logger log = LoggerFactory.getLogger(JobLog.class);

    private JobLog() {}

    static void write(Job job, @Nullable Lease lease, Ended ended, Duration took) {
        LoggingEventBuilder line = level(job, ended)
                .addKeyValue("job", job.name())
                .addKeyValue("outcome", ended.outcome().text())
                .addKeyValue("cost", took.toMillis());
        if (lease != null) {
            line = line.addKeyValue("tick", lease.tick()).addKeyValue("attempt", lease.attempt());
        }
        if (ended.rows() != null) {
            line = line.addKeyValue("rows", ended.rows());
        }
        if (ended.cause() != null) {
            line = line.setCause(ended.cause());
        } else if (ended.error() != null) {
            line = line.addKeyValue("error", ended.error());
        }
        line.log("job ended");
    }

    /** Jobs of every replica say themselves what there is to say. */
    private static LoggingEventBuilder level(Job job, Ended ended) {
        return switch (ended.outcome()) {
            case RUNNING, COMPLETED -> job.leased() ? log.atInfo() : log.atDebug();
            case STOPPED -> log.atInfo();
            case TIMED_OUT, LOST -> log.atWarn();
            case FAILED -> log.atError();
        };
    }
}
