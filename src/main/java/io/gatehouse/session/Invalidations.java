package io.gatehouse.session;

import io.gatehouse.db.Database;
import io.gatehouse.db.DatabaseUnavailableException;
import io.gatehouse.redis.RedisBreaker;
import io.gatehouse.redis.RedisUnavailableException;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jooq.DSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes copies out of Redis when their session or its account has changed. The wish is a row, written in the
 * transaction of the change, so that no crash and no outage of Redis can lose it. The replica that made the change
 * carries it out at once, every other one within a second: its Redis may be another one for a while, after a failover.
 * A row goes when it has been there long enough for all of them to see it. A replica that cannot carry one out asks
 * Redis nothing more until all of them are. Thread-safe.
 */
final class Invalidations {

    private static final Logger log = LoggerFactory.getLogger(Invalidations.class);

    private static final int BATCH = 500;

    /** Rows that stay longer, because nobody could delete them, are carried out again now and then. */
    private static final int REMEMBERED = 3;

    /** Nothing is wrong with Redis, but it may hold copies of sessions that have ended meanwhile. */
    private static final String UNKNOWN = "Redis is not asked until PostgreSQL has told which sessions ended";

    private final Database database;
    private final SessionCopies copies;
    private final RedisBreaker breaker;
    private final SessionTimes times;
    private final CarriedOut carriedOut;

    Invalidations(Database database, SessionCopies copies, RedisBreaker breaker, SessionTimes times) {
        this.database = database;
        this.copies = copies;
        this.breaker = breaker;
        this.times = times;
        this.carriedOut = new CarriedOut(times.invalidation().multipliedBy(REMEMBERED));
    }

    /**
     * Within the transaction of a change. Gives back everything that waits for the account, also what others have
     * planted and not yet carried out: whoever ends a session that is already ending must not be the first to say so.
     */
    List<Invalidation> plant(DSLContext sql, long userId, List<byte[]> tokenHashes) {
        InvalidationStore store = store(sql);
        store.insert(userId, tokenHashes);
        return store.of(userId);
    }

    /** After the transaction of a change: takes the copies out, or leaves it to those who will. */
    void settle(List<Invalidation> planted) {
        List<Invalidation> missing = carriedOut.missingOf(planted);
        // An open breaker closes only after all rows that are there by then have been carried out.
        if (missing.isEmpty() || breaker.isOpen()) {
            return;
        }
        try {
            carryOut(missing);
        } catch (RedisUnavailableException e) {
            breaker.open(e);
        }
    }

    /**
     * Carries out everything that there is, also what has been carried out before: Redis may have become another one.
     *
     * @throws RedisUnavailableException when a copy could not be removed
     * @throws DatabaseUnavailableException when it is not known what there is
     */
    void carryOutAll() {
        carryOutBatches(UnaryOperator.identity());
    }

    /**
     * The same before Redis may be asked again.
     *
     * @throws RedisUnavailableException that says why it may not
     */
    void carryOutBeforeUse() {
        try {
            carryOutAll();
        } catch (RuntimeException e) {
            throw obstacle(e);
        }
    }

    private static RedisUnavailableException obstacle(RuntimeException failure) {
        return failure instanceof RedisUnavailableException itself
                ? itself
                : new RedisUnavailableException(UNKNOWN, failure);
    }

    /** Carries out what others have changed, and what others could not; a job calls it. */
    void carryOutLeftOvers() {
        if (breaker.isOpen()) {
            return;
        }
        try {
            carryOutBatches(carriedOut::missingOf);
        } catch (RedisUnavailableException e) {
            breaker.open(e);
        } catch (DatabaseUnavailableException e) {
            log.debug("invalidations cannot be read", e);
        }
    }

    /** At the start; what cannot be carried out then keeps Redis from being asked until it is. */
    void carryOutFirst() {
        try {
            carryOutAll();
        } catch (RedisUnavailableException | DatabaseUnavailableException e) {
            log.debug("invalidations cannot be carried out yet", e);
            breaker.open(obstacle(e));
        } catch (RuntimeException e) {
            log.atWarn().setCause(e).log("invalidations cannot be read, so Redis is not asked; is the schema current?");
            breaker.open(obstacle(e));
        }
    }

    /** Whether a row has left this replica's Redis without its copy. */
    boolean hasCarriedOut(long id) {
        return carriedOut.contains(id);
    }

    private void carryOutBatches(UnaryOperator<List<Invalidation>> wanted) {
        List<Invalidation> batch;
        long last = 0;
        do {
            long from = last;
            batch = database.read(sql -> store(sql).above(from, BATCH));
            carryOut(wanted.apply(batch));
            delete(batch.stream().filter(Invalidation::known).toList());
            last = batch.isEmpty() ? last : batch.getLast().id();
        } while (batch.size() == BATCH);
        carriedOut.forgetOld();
    }

    private void carryOut(List<Invalidation> rows) {
        copies.forget(rows.stream().map(Invalidation::slot).toList());
        carriedOut.add(rows);
    }

    private void delete(List<Invalidation> done) {
        if (!done.isEmpty()) {
            database.tx(sql -> store(sql).delete(done));
        }
    }

    private InvalidationStore store(DSLContext sql) {
        return new InvalidationStore(sql, times.invalidation());
    }
}
