package io.gatehouse.session;

import io.gatehouse.db.Database;
import io.gatehouse.db.DatabaseUnavailableException;
import io.gatehouse.redis.RedisBreaker;
import io.gatehouse.redis.RedisUnavailableException;
import java.util.List;
import org.jooq.DSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes copies out of Redis when their session or its account has changed. The wish is a row, written in the
 * transaction of the change, so that no crash and no outage of Redis can lose it; the row goes when the copy has gone.
 * Rows that stay are carried out by any replica, every second. A replica that cannot carry one out asks Redis nothing
 * more until all of them are. Thread-safe.
 */
final class Invalidations {

    private static final Logger log = LoggerFactory.getLogger(Invalidations.class);

    private static final int BATCH = 500;

    private final Database database;
    private final SessionCopies copies;
    private final RedisBreaker breaker;
    private final boolean forReplicas;

    /** @param forReplicas whether the rows of changes made here are left to the replicas, too */
    Invalidations(Database database, SessionCopies copies, RedisBreaker breaker, boolean forReplicas) {
        this.database = database;
        this.copies = copies;
        this.breaker = breaker;
        this.forReplicas = forReplicas;
    }

    /**
     * Within the transaction of a change. Gives back everything that waits for the account, also what others have
     * planted and not yet carried out: whoever ends a session that is already ending must not be the first to say so.
     */
    List<Invalidation> plant(DSLContext sql, long userId, List<byte[]> tokenHashes) {
        InvalidationStore store = new InvalidationStore(sql);
        store.insert(userId, tokenHashes);
        return store.of(userId);
    }

    /** After the transaction of a change: takes the copies out, or leaves it to those who will. */
    void settle(List<Invalidation> planted) {
        // An open breaker closes only after all rows that are there by then have been carried out.
        if (planted.isEmpty() || breaker.isOpen()) {
            return;
        }
        try {
            forget(planted);
            if (!forReplicas) {
                delete(planted);
            }
        } catch (RedisUnavailableException e) {
            breaker.open(e);
        } catch (DatabaseUnavailableException e) {
            // The copies are gone; the rows will be carried out once more, which does no harm.
        }
    }

    /**
     * Carries out everything that waits.
     *
     * @throws RedisUnavailableException when a copy could not be removed
     * @throws DatabaseUnavailableException when it is not known what waits
     */
    void carryOutAll() {
        List<Invalidation> batch;
        do {
            batch = database.read(sql -> new InvalidationStore(sql).oldest(BATCH));
            carryOut(batch);
        } while (batch.size() == BATCH);
    }

    /** Carries out what others could not; a job calls it. */
    void carryOutLeftOvers() {
        if (breaker.isOpen()) {
            return;
        }
        try {
            carryOutAll();
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
            breaker.open(e);
        } catch (RuntimeException e) {
            log.atWarn().setCause(e).log("invalidations cannot be read, so Redis is not asked; is the schema current?");
            breaker.open(e);
        }
    }

    private void carryOut(List<Invalidation> planted) {
        forget(planted);
        delete(planted);
    }

    private void forget(List<Invalidation> planted) {
        copies.forget(planted.stream().map(Invalidation::slot).toList());
    }

    private void delete(List<Invalidation> done) {
        if (!done.isEmpty()) {
            database.tx(sql -> new InvalidationStore(sql).delete(done));
        }
    }
}
