package io.gatehouse.session;

import static io.gatehouse.db.gen.Tables.INVALIDATIONS;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Records;
import org.jooq.impl.DSL;

/** Copies that must leave Redis, in PostgreSQL. Lives for one piece of work on one connection. */
final class InvalidationStore {

    /** Not when the transaction began: whoever looks for rows has the whole time to see them once it commits. */
    private static final Field<Instant> NOW = DSL.field("clock_timestamp()", Instant.class);

    private final DSLContext sql;
    private final Field<Boolean> known;

    /** @param kept how long a row stays at least, so that every replica sees it */
    InvalidationStore(DSLContext sql, Duration kept) {
        this.sql = sql;
        this.known = DSL.field(
                "{0} < clock_timestamp() - {1} * interval '1 millisecond'",
                Boolean.class, INVALIDATIONS.CREATED_AT, DSL.val(kept.toMillis()));
    }

    void insert(long userId, List<byte[]> tokenHashes) {
        if (tokenHashes.isEmpty()) {
            return;
        }
        // A session has one row at most, however often its account changes while Redis is away.
        sql.deleteFrom(INVALIDATIONS)
                .where(INVALIDATIONS.USER_ID.eq(userId))
                .and(INVALIDATIONS.TOKEN_HASH.in(tokenHashes))
                .execute();
        var insert = sql.insertInto(
                INVALIDATIONS, INVALIDATIONS.USER_ID, INVALIDATIONS.TOKEN_HASH, INVALIDATIONS.CREATED_AT);
        for (byte[] hash : tokenHashes) {
            insert = insert.values(DSL.val(userId), DSL.val(hash), NOW);
        }
        insert.execute();
    }

    /** Everything that waits for one account. */
    List<Invalidation> of(long userId) {
        return sql.select(INVALIDATIONS.ID, INVALIDATIONS.TOKEN_HASH, known)
                .from(INVALIDATIONS)
                .where(INVALIDATIONS.USER_ID.eq(userId))
                .fetch(Records.mapping(Invalidation::of));
    }

    /** The first so many above an id. */
    List<Invalidation> above(long id, int most) {
        return sql.select(INVALIDATIONS.ID, INVALIDATIONS.TOKEN_HASH, known)
                .from(INVALIDATIONS)
                .where(INVALIDATIONS.ID.gt(id))
                .orderBy(INVALIDATIONS.ID)
                .limit(most)
                .fetch(Records.mapping(Invalidation::of));
    }

    /** Deletes rows. Those that another replica deletes are left to it. */
    int delete(List<Invalidation> done) {
        return sql.deleteFrom(INVALIDATIONS)
                .where(INVALIDATIONS.ID.in(DSL.select(INVALIDATIONS.ID)
                        .from(INVALIDATIONS)
                        .where(INVALIDATIONS.ID.in(
                                done.stream().map(Invalidation::id).toList()))
                        .forUpdate()
                        .skipLocked()))
                .execute();
    }
}
