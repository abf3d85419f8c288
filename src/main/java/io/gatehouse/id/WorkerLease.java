package io.gatehouse.id;

import io.gatehouse.db.Database;
import io.gatehouse.db.DatabaseUnavailableException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * This process' worker number: leased in PostgreSQL, renewed every other second, fenced by the times of ids and not by
 * anybody's clock. The holder makes only ids whose own time lies before {@code ids_until}; whoever takes the row next
 * begins there. So a process that was stopped past its lease, or whose clock is wrong, cannot make an id that another
 * makes. Thread-safe.
 */
final class WorkerLease {

    private static final Logger log = LoggerFactory.getLogger(WorkerLease.class);

    /** Ids go on for so long when PostgreSQL is away; a fixed number is free again so long after a crash. */
    static final Duration WINDOW = Duration.ofSeconds(20);

    /** Past it the row may be taken: by the database's clock, and shorter than the window. */
    static final Duration LEASE = Duration.ofSeconds(12);

    /** Longest wait of a request for the attempt of another, and longest pause after one that failed. */
    private static final long PATIENCE_NANOS = Duration.ofSeconds(1).toNanos();

    private final Database database;
    private final OptionalInt fixed;
    private final String name;
    private final Clock clock;
    private final UUID holder = UUID.randomUUID();

    /** Held while the database is asked, by one at a time. */
    private final ReentrantLock asking = new ReentrantLock();

    private volatile @Nullable Lease lease;
    private volatile Optional<String> trouble = Optional.empty();
    private volatile boolean heldByAnother;
    private Optional<String> logged = Optional.empty();
    private volatile long pausedUntil;

    /**
     * @param database with a connection of its own, so that renewals do not wait behind requests
     * @param fixed the only number to take
     * @param name of this process, for people
     */
    WorkerLease(Database database, OptionalInt fixed, String name, Clock clock) {
        this.database = database;
        this.fixed = fixed;
        this.name = name;
        this.clock = clock;
    }

    /** A lease that reaches beyond now; null while there is none. */
    @Nullable
    Lease usable() {
        Lease held = lease;
        return held == null || clock.millis() >= held.until() ? null : held;
    }

    /** Renews or takes a lease; what stands in the way for longer is logged once. */
    void refresh() {
        asking.lock();
        try {
            ask();
        } finally {
            asking.unlock();
        }
    }

    /**
     * The same for a request that cannot go on without. Others that come meanwhile wait a moment for what it finds. After
     * a failure none asks for as long as that one took: an outage costs few of them the wait, and a database that says
     * no at once, say for want of its schema, is asked again as soon.
     */
    void refreshSoon() {
        if (justFailed() || !askInTurn()) {
            return;
        }
        try {
            if (!justFailed() && usable() == null) {
                ask();
            }
        } finally {
            asking.unlock();
        }
    }

    private boolean askInTurn() {
        try {
            return asking.tryLock(PATIENCE_NANOS, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private boolean justFailed() {
        return trouble.isPresent() && System.nanoTime() - pausedUntil < 0;
    }

    private void ask() {
        long begun = System.nanoTime();
        try {
            tryToLease();
        } finally {
            long ended = System.nanoTime();
            pausedUntil = ended + Math.min(ended - begun, PATIENCE_NANOS);
        }
    }

    private void tryToLease() {
        try {
            Lease held = lease;
            lease = held == null ? acquire() : renew(held).orElseGet(this::acquire);
            heldByAnother = false;
            recovered();
        } catch (WorkerHeldException e) {
            // Whoever has the number now begins where ours ended; we must not go on.
            lease = null;
            heldByAnother = true;
            troubled(String.valueOf(e.getMessage()), null);
        } catch (DatabaseUnavailableException e) {
            heldByAnother = false;
            troubled("the database is away, or lacks this build's schema (run db up)", null);
        } catch (RuntimeException e) {
            heldByAnother = false;
            troubled(
                    "the table id_workers cannot be used; apply the schema and grant the service's role its rights", e);
        }
    }

    /** What keeps us from a lease; empty while there is one. */
    Optional<String> trouble() {
        return trouble;
    }

    /** Whether the settings leave no choice but a number that another process has. */
    boolean isHeldByAnother() {
        return fixed.isPresent() && heldByAnother;
    }

    /**
     * Ends the lease.
     *
     * @param firstFree the millisecond after that of the last id
     */
    void giveBack(long firstFree) {
        asking.lock();
        try {
            giveBackLocked(firstFree);
        } finally {
            asking.unlock();
        }
    }

    private void giveBackLocked(long firstFree) {
        Lease held = lease;
        lease = null;
        if (held == null) {
            return;
        }
        try {
            database.tx(sql -> {
                new WorkerStore(sql, holder)
                        .giveBack(held.worker(), Instant.ofEpochMilli(Math.max(held.from(), firstFree)));
                return true;
            });
        } catch (RuntimeException e) {
            log.atInfo().log("the worker number could not be given back; it is free again in a few seconds");
        }
    }

    private Lease acquire() {
        return database.tx(sql -> {
            WorkerStore store = new WorkerStore(sql, holder);
            WorkerStore.Row row = fixed.isPresent()
                    ? free(store.lock(fixed.getAsInt()))
                    : store.lockFree().orElseThrow(WorkerLease::allHeld);
            long from = row.idsUntil().toEpochMilli();
            // Not from there: starts that are killed before their first id must not add up.
            Lease taken = new Lease(row.worker(), from, Math.max(from, clock.millis() + WINDOW.toMillis()));
            store.take(taken.worker(), name, Instant.ofEpochMilli(taken.until()), LEASE);
            return taken;
        });
    }

    private static WorkerStore.Row free(WorkerStore.Row row) {
        if (row.holder().isPresent()) {
            throw new WorkerHeldException("SNOWFLAKE_WORKER_ID %d is in use by %s; give every replica its own, or none"
                    .formatted(row.worker(), row.holder().get()));
        }
        return row;
    }

    private static WorkerHeldException allHeld() {
        return new WorkerHeldException("All 1,024 worker numbers are in use; see the table id_workers");
    }

    /** Empty when another has taken the row: it will begin where our ids ended. */
    private Optional<Lease> renew(Lease held) {
        Instant until = Instant.ofEpochMilli(Math.max(held.until(), clock.millis() + WINDOW.toMillis()));
        return database.tx(sql -> new WorkerStore(sql, holder).renew(held.worker(), until, LEASE))
                .map(granted -> new Lease(held.worker(), held.from(), granted.toEpochMilli()));
    }

    /** Logged from the second failure on: the first attempt of a process that has just started may well come too late. */
    private void troubled(String what, @Nullable Throwable cause) {
        boolean again = trouble.isPresent();
        trouble = Optional.of(what);
        if (again && !logged.equals(trouble)) {
            logged = trouble;
            LoggingEventBuilder line = log.atWarn().addKeyValue("reason", what);
            (cause == null ? line : line.setCause(cause)).log("the lease of the worker number is not renewed");
        }
    }

    private void recovered() {
        if (logged.isPresent()) {
            log.info("the worker number is leased again");
        }
        trouble = Optional.empty();
        logged = Optional.empty();
    }
}
