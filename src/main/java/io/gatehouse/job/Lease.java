package io.gatehouse.job;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The right to run a job, until another one gets it.
 *
 * @param fence grows with every lease of the job
 * @param tick that is run; null for a run by hand
 * @param attempt at that tick, from 1
 */
record Lease(String job, long fence, @Nullable Instant tick, int attempt) {}
