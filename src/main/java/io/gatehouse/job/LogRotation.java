package io.gatehouse.job;

import io.gatehouse.log.LogArchives;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says how much the log files take, and removes what is beyond their bound. Files are rotated by whoever writes them. Its
 * rows are the files that it removed.
 */
public final class LogRotation implements Work {

    private static final Logger log = LoggerFactory.getLogger(LogRotation.class);

    private final Optional<LogArchives> archives;

    /** @param archives none where lines go to standard output */
    public LogRotation(Optional<LogArchives> archives) {
        this.archives = archives;
    }

    @Override
    public long run(JobRun run) {
        return archives.map(LogRotation::tidy).orElse(0L);
    }

    private static long tidy(LogArchives archives) {
        try {
            LogArchives.Report report = archives.tidy();
            log.atInfo()
                    .addKeyValue("files", report.files())
                    .addKeyValue("bytes", report.bytes())
                    .addKeyValue("removed", report.removed())
                    .log("log files");
            return report.removed();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
