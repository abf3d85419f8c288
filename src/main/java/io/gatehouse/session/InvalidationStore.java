package io.gatehouse.session;

import static io.gatehouse.db.gen.Tables.INVALIDATIONS;

import java.util.List;
import org.jooq.DSLContext;
import org.jooq.Records;

/** Copies that must leave Redis, in PostgreSQL. Lives for one piece of work on one connection. */
final class InvalidationStore {

    private final DSLContext sql;

    InvalidationStore(DSLContext sql) {
        this.sql = sql;
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
        var insert = sql.insertInto(INVALIDATIONS, INVALIDATIONS.USER_ID, INVALIDATIONS.TOKEN_HASH);
        for (byte[] hash : tokenHashes) {
            insert = insert.values(userId, hash);
        }
        insert.execute();
    }

    /** Everything that waits for one account. */
    List<Invalidation> of(long userId) {
        return sql.select(INVALIDATIONS.ID, INVALIDATIONS.TOKEN_HASH)
                .from(INVALIDATIONS)
                .where(INVALIDATIONS.USER_ID.eq(userId))
                .fetch(Records.mapping(Invalidation::of));
    }

    List<Invalidation> oldest(int most) {
        return sql.select(INVALIDATIONS.ID, INVALIDATIONS.TOKEN_HASH)
                .from(INVALIDATIONS)
                .orderBy(INVALIDATIONS.ID)
                .limit(most)
                .fetch(Records.mapping(Invalidation::of));
    }

    int delete(List<Invalidation> done) {
        return sql.deleteFrom(INVALIDATIONS)
                .where(INVALIDATIONS.ID.in(done.stream().map(Invalidation::id).toList()))
                .execute();
    }
}
