package io.gatehouse.job;

import io.micrometer.core.instrument.Counter;
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

    /** Not "job", which is Prometheus' own word for what it asks. */
    private static final String JOB = "job.name";

    private final MeterRegistry meters;
    private final Map<String, Double> lastSuccess = new ConcurrentHashMap<>();

    JobMeters(MeterRegistry meters, List<Job> table) {
        this.meters = meters;
        table.forEach(job -> register(job.name()));
    }

    void ended(String job, Ended ended, Duration took) {
        runs(job, ended.outcome()).increment();
        duration(job).record(took);
    }

    /** Of any replica. */
    void succeeded(String job, Instant at) {
        lastSuccess.put(job, at.toEpochMilli() / 1e3);
    }

    private void register(String job) {
        for (Outcome outcome : Outcome.values()) {
            if (outcome != Outcome.RUNNING) {
                Counter _ = runs(job, outcome);
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
        return Timer.builder("gatehouse.job.duration")
                .description("Time that runs took, whatever came of them")
                .tag(JOB, job)
                .register(meters);
    }

    private Counter runs(String job, Outcome outcome) {
        return Counter.builder("gatehouse.job.runs")
                .description("Runs that ended here, by how they ended")
                .tag(JOB, job)
                .tag("outcome", outcome.text())
                .register(meters);
    }
}
