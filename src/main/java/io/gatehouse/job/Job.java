package io.gatehouse.job;

import java.time.Duration;
import java.time.ZoneId;
import java.util.Optional;

/**
 * One line of the table of jobs.
 *
 * @param schedule empty for one that only operators run
 * @param timeLimit past it a run is interrupted
 * @param catchUp what becomes of ticks that were missed
 * @param lock which replicas run it
 */
public record Job(String name, Optional<Schedule> schedule, Duration timeLimit, CatchUp catchUp, Lock lock, Work work) {

    /** A job by the clock. */
    public Job(String name, String cron, ZoneId zone, Duration timeLimit, CatchUp catchUp, Lock lock, Work work) {
        this(name, Optional.of(Schedule.of(cron, zone)), timeLimit, catchUp, lock, work);
    }

    /** A job that only operators run. */
    public static Job byHand(String name, Duration timeLimit, Work work) {
        return new Job(name, Optional.empty(), timeLimit, CatchUp.SKIP, Lock.ONE_REPLICA, work);
    }

    boolean leased() {
        return lock == Lock.ONE_REPLICA;
    }
}
