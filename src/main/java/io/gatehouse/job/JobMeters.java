package io.gatehouse.job;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What is counted of jobs, all of it there from the start. Thread-safe. */
final class JobMeters {

    private static final String JOB = "job";

    private final MeterRegistry meters;
    private final Map<String, Double> lastSuccess = new ConcurrentHashMap<>();

    JobMeters(MeterRegistry meters, List<Job> table) {
        this.meters = meters;
        table.forEach(job -> register(job.name()));
    }

    void ended(String job, Ended ended, Duration took) {
        meters.counter(
                        "gatehouse.job.runs",
                        JOB,
                        job,
                        "outcome",
                        ended.outcome().text())
                .increment();
        duration(job).record(took);
    }

    /** Of any replica. */
    void succeeded(String job, Instant at) {
        lastSuccess.put(job, at.toEpochMilli() / 1e3);
    }

    private void register(String job) {
        for (Outcome outcome : Outcome.values()) {
            if (outcome != Outcome.RUNNING) {
                meters.counter("gatehouse.job.runs", JOB, job, "outcome", outcome.text());
            }
        }
        Timer _ = duration(job);
        Gauge.builder("gatehouse.job.last.success.timestamp", lastSuccess, known -> known.getOrDefault(job, Double.NaN))
                .baseUnit("seconds")
                .tag(JOB, job)
                .description("When a run was last completed, of all replicas where one runs it for all")
                .register(meters);
    }

    private Timer duration(String job) {
        return meters.timer("gatehouse.job.duration", JOB, job);
    }
}
