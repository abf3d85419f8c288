package io.gatehouse.job;

import io.gatehouse.config.Settings.Postgres;
import io.gatehouse.db.Database;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

/** A replica that has nothing but jobs; its leases are short. */
final class Replica implements AutoCloseable {

    /** What tests wait for when a runner is gone. */
    static final Duration LEASE = Duration.ofSeconds(1);

    /** Several tests run at once on one server. */
    private static final int MOST_CONNECTIONS = 4;

    private final Database database;
    private final Leases leases;
    private final Jobs jobs;
    private final MeterRegistry meters = new SimpleMeterRegistry();

    Replica(Postgres postgres, String name, Job... table) {
        this(postgres, name, LEASE, Clock.systemUTC(), table);
    }

    Replica(Postgres postgres, String name, Duration lease, Clock clock, Job... table) {
        database = Database.open(postgres.with(Math.min(MOST_CONNECTIONS, postgres.poolSize()), postgres.timeout()));
        leases = new Leases(database, name, lease);
        jobs = new Jobs(List.of(table), leases, database, clock, meters);
    }

    Replica started() {
        jobs.start();
        return this;
    }

    Jobs jobs() {
        return jobs;
    }

    Leases leases() {
        return leases;
    }

    MeterRegistry meters() {
        return meters;
    }

    /** A run under a lease of this replica. */
    JobRun runUnder(Lease lease) {
        return new JobRun(database, lease, line -> {});
    }

    @Override
    public void close() {
        jobs.close();
        database.close();
    }
}
