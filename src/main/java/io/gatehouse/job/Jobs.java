package io.gatehouse.job;

import io.helidon.scheduling.Cron;
import io.helidon.scheduling.FixedRate;
import io.helidon.scheduling.Task;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Scheduled work of this process, by helidon-scheduling on virtual threads. A job never overlaps itself; one that
 * fails is logged and runs again at its next tick. Not thread-safe while jobs are being added.
 */
public final class Jobs implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Jobs.class);

    /** Jobs that may run at once; further ones wait. */
    private static final int MOST_AT_ONCE = 8;

    private static final long STOP_SECONDS = 5;

    private final ScheduledExecutorService executor = Executors.newScheduledThreadPool(
            MOST_AT_ONCE, Thread.ofVirtual().name("job-", 0).factory());
    private final List<Task> tasks = new ArrayList<>();

    /**
     * Schedules a job.
     *
     * @param cron in Quartz' form, seconds first, in the system's time zone
     */
    public void add(String name, String cron, Runnable work) {
        tasks.add(Cron.builder()
                .id(name)
                .executor(executor)
                .expression(cron)
                .concurrentExecution(false)
                .task(invocation -> run(name, work))
                .build());
    }

    /** Schedules a job at a fixed distance of starts, the first one after that distance. */
    public void every(String name, Duration interval, Runnable work) {
        tasks.add(FixedRate.builder()
                .id(name)
                .executor(executor)
                .delayBy(interval)
                .interval(interval)
                .task(invocation -> run(name, work))
                .build());
    }

    /** Starts no more runs and waits a few seconds for those under way. */
    @Override
    public void close() {
        tasks.forEach(Task::close);
        executor.shutdown();
        try {
            if (!executor.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
                executor.shutdownNow();
            }
        } catch (InterruptedException e) {
            executor.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }

    private static void run(String name, Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            log.atError().addKeyValue("job", name).setCause(e).log("job failed");
        }
    }
}
