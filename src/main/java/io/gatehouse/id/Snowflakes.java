package io.gatehouse.id;

import io.gatehouse.db.Database;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ids of rows: Snowflakes that are unique over all replicas, because each works under a number that it leases, and
 * strictly rising within one. Never more than 4,096 in a millisecond, and never ahead of the clock: when the
 * millisecond is used up, or the clock has stepped back, {@link #next} waits, up to a bound. Thread-safe.
 */
public final class Snowflakes implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Snowflakes.class);

    /** A clock that is further behind is no matter of a moment: whoever asks is told so at once. */
    private static final long LONGEST_WAIT_MILLIS = 1000;

    /** Of the waits for the next millisecond. */
    private static final long SHORT_WAIT_NANOS = TimeUnit.MICROSECONDS.toNanos(100);

    private final long epochMillis;
    private final WorkerLease worker;
    private final Clock clock;
    private final Counter refused;

    private int lastWorker = -1;
    private long lastMillis;
    private int lastSequence;
    private long issued;
    private boolean alarmed;
    private boolean closed;

    private Snowflakes(Instant epoch, WorkerLease worker, Clock clock, MeterRegistry meters) {
        this.epochMillis = epoch.toEpochMilli();
        this.worker = worker;
        this.clock = clock;
        this.refused = Counter.builder("gatehouse.ids.refused")
                .description("Ids of rows that could not be made")
                .register(meters);
        FunctionCounter.builder("gatehouse.ids.issued", this, Snowflakes::issued)
                .description("Ids of rows that were made")
                .register(meters);
        Gauge.builder("gatehouse.ids.worker", this, Snowflakes::workerNumber)
                .description("Worker number of this process' ids; -1 while it has none")
                .register(meters);
    }

    /**
     * Ids under a leased number, taken by {@link #start} or {@link #next}.
     *
     * @param database with a connection of its own
     * @param fixed the only number to work under
     * @param name of this process, for people
     */
    public static Snowflakes leased(
            Instant epoch, Database database, OptionalInt fixed, String name, Clock clock, MeterRegistry meters) {
        return new Snowflakes(epoch, new WorkerLease(database, fixed, name, clock), clock, meters);
    }

    /**
     * Takes a number. Where the settings fix it and another holds it, waits for as long as the lease of one that
     * crashed may last; where the database is away, leaves it to {@link #renew}.
     *
     * @throws WorkerHeldException when the fixed number is still in use then
     */
    public void start() {
        long deadline = System.nanoTime() + WorkerLease.LEASE.plusSeconds(1).toNanos();
        worker.refresh();
        while (worker.isHeldByAnother()) {
            if (System.nanoTime() > deadline) {
                throw new WorkerHeldException(worker.trouble().orElse(""));
            }
            sleep(TimeUnit.MILLISECONDS.toNanos(500));
            worker.refresh();
        }
        awaitFirst();
    }

    /**
     * Waits for a number, where nothing can begin without: a machine that is busy with starting may need longer for the
     * first answer of its database than requests are made to wait.
     *
     * @return whether there is one
     */
    public boolean await(Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (worker.usable() == null && System.nanoTime() < deadline) {
            worker.refresh();
            if (worker.usable() == null) {
                sleep(TimeUnit.MILLISECONDS.toNanos(200));
            }
        }
        awaitFirst();
        return obstacle().isEmpty();
    }

    /** After a crash, until the ids that the last holder of the number may have made are over. */
    private void awaitFirst() {
        @Nullable Lease lease = worker.usable();
        if (lease == null || lease.from() <= clock.millis()) {
            return;
        }
        long wait = Math.min(lease.from() - clock.millis(), WorkerLease.WINDOW.toMillis());
        log.atInfo()
                .addKeyValue("worker", lease.worker())
                .addKeyValue("millis", wait)
                .log("ids begin when those of the number's last holder are over");
        sleep(TimeUnit.MILLISECONDS.toNanos(wait));
    }

    /** To be called every other second. */
    public void renew() {
        worker.refresh();
    }

    /**
     * The next id, positive.
     *
     * @throws IdsUnavailableException when the clock is behind by more than a second, or there is no lease
     */
    public long next() {
        long begun = System.nanoTime();
        while (true) {
            Lease lease = lease();
            long behind;
            synchronized (this) {
                behind = advance(lease);
                if (behind == 0) {
                    alarmed = false;
                    issued++;
                    return new Snowflake(lastMillis - epochMillis, lastWorker, lastSequence).id();
                }
            }
            if (behind > LONGEST_WAIT_MILLIS || waited(begun) > LONGEST_WAIT_MILLIS) {
                throw refusal(behindText(lease, behind));
            }
            sleep(behind == 1 ? SHORT_WAIT_NANOS : TimeUnit.MILLISECONDS.toNanos(behind));
        }
    }

    /** Why ids cannot be had now, as far as is known without trying; empty if they can. */
    public Optional<String> obstacle() {
        @Nullable Lease lease = worker.usable();
        if (lease == null) {
            return Optional.of(worker.trouble().orElse("no worker number is leased"));
        }
        long behind = lease.from() - clock.millis();
        return behind > 0 ? Optional.of(behindText(lease, behind)) : Optional.empty();
    }

    /** Gives the number back; no id is made any more. */
    @Override
    public void close() {
        long firstFree;
        synchronized (this) {
            closed = true;
            firstFree = lastMillis + 1;
        }
        worker.giveBack(firstFree);
    }

    private Lease lease() {
        Lease lease = worker.usable();
        if (lease == null) {
            worker.refreshSoon();
            lease = worker.usable();
        }
        if (lease == null) {
            throw refusal("No worker number is leased: " + worker.trouble().orElse("its lease has run out"));
        }
        return lease;
    }

    /** Moves to the next free place in time; else by how many milliseconds the clock is behind it. */
    private long advance(Lease lease) {
        if (closed) {
            throw new IdsUnavailableException("Ids are closed");
        }
        // Under another number ids of one millisecond would not rise: begin with a new one.
        long earliest = Math.max(lease.from(), lease.worker() == lastWorker ? lastMillis : lastMillis + 1);
        long now = clock.millis();
        if (now < earliest || now >= lease.until()) {
            return Math.max(1, earliest - now);
        }
        if (now == lastMillis && lastSequence == Snowflake.MAX_SEQUENCE) {
            return 1;
        }
        lastSequence = now == lastMillis ? lastSequence + 1 : 0;
        lastMillis = now;
        lastWorker = lease.worker();
        return 0;
    }

    /** Counted always, logged when it begins. */
    private IdsUnavailableException refusal(String message) {
        refused.increment();
        boolean first;
        synchronized (this) {
            first = !alarmed;
            alarmed = true;
        }
        if (first) {
            log.atError().addKeyValue("reason", message).log("ids of rows are refused");
        }
        return new IdsUnavailableException(message);
    }

    private static String behindText(Lease lease, long behind) {
        return ("The clock is %d ms behind the last id that this process, or the last one under worker number %d, may have"
                        + " made; check time synchronisation")
                .formatted(behind, lease.worker());
    }

    private double workerNumber() {
        @Nullable Lease lease = worker.usable();
        return lease == null ? -1 : lease.worker();
    }

    private synchronized double issued() {
        return issued;
    }

    private static long waited(long begun) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
    }

    private static void sleep(long nanos) {
        LockSupport.parkNanos(nanos);
    }
}
