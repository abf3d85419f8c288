package io.gatehouse.job;

/** What a job does. Has to end soon after its thread is interrupted. */
@FunctionalInterface
public interface Work {

    /**
     * Runs once.
     *
     * @return rows that it dealt with
     */
    long run(JobRun run);
}
