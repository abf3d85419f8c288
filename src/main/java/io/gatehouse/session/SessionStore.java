package io.gatehouse.session;

import static io.gatehouse.db.gen.Tables.SESSIONS;
import static io.gatehouse.db.gen.Tables.USERS;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Record1;
import org.jooq.Records;
import org.jooq.Row2;
import org.jooq.impl.DSL;

/** Sessions in PostgreSQL. Lives for one piece of work on one connection. */
final class SessionStore {

    private static final short NORMAL = 0;

    private final DSLContext sql;

    SessionStore(DSLContext sql) {
        this.sql = sql;
    }

    /** A session that has just been ended, and the token that died with it. */
    // Never compared.
    @SuppressWarnings("ArrayRecordComponent")
    record Ended(long id, byte[] tokenHash, Instant lastSeenAt, Instant expiresAt) {

        /** Whether it could be used until it was ended; rows of those that ran out stay for a while. */
        boolean wasLive(Instant now, Duration idle) {
            return expiresAt.isAfter(now) && lastSeenAt.isAfter(now.minus(idle));
        }
    }

    void insert(Session session, byte[] tokenHash, Client client) {
        sql.insertInto(SESSIONS)
                .set(SESSIONS.ID, session.id())
                .set(SESSIONS.TOKEN_HASH, tokenHash)
                .set(SESSIONS.USER_ID, session.user().id())
                .set(SESSIONS.CREATED_AT, session.createdAt())
                .set(SESSIONS.LAST_SEEN_AT, session.lastSeenAt())
                .set(SESSIONS.EXPIRES_AT, session.expiresAt())
                .set(SESSIONS.ADDRESS, client.address())
                .set(SESSIONS.USER_AGENT, client.userAgent())
                .execute();
    }

    /** The session of a token, if it is live at {@code now} and its account may be used. */
    Optional<Session> findLive(byte[] tokenHash, Instant now, Duration idle) {
        // Column by column: jOOQ reads a nested row from a text, several times as slowly.
        return sql.select(
                        SESSIONS.ID,
                        USERS.ID,
                        USERS.NAME,
                        USERS.EMAIL,
                        USERS.ROLES,
                        SESSIONS.CREATED_AT,
                        SESSIONS.LAST_SEEN_AT,
                        SESSIONS.EXPIRES_AT)
                .from(SESSIONS)
                .join(USERS)
                .on(USERS.ID.eq(SESSIONS.USER_ID))
                .where(SESSIONS.TOKEN_HASH.eq(tokenHash))
                .and(USERS.STATUS.eq(NORMAL))
                .and(live(now, idle))
                .fetchOptional(Records.mapping((id, user, name, email, roles, created, seen, expires) ->
                        new Session(id, new Session.User(user, name, email, List.of(roles)), created, seen, expires)));
    }

    /** An account's live sessions, the latest first. */
    List<SessionEntry> list(long userId, Instant now, Duration idle) {
        return sql.select(
                        SESSIONS.ID,
                        SESSIONS.CREATED_AT,
                        SESSIONS.LAST_SEEN_AT,
                        SESSIONS.EXPIRES_AT,
                        SESSIONS.ADDRESS,
                        SESSIONS.USER_AGENT)
                .from(SESSIONS)
                .where(SESSIONS.USER_ID.eq(userId))
                .and(live(now, idle))
                .orderBy(SESSIONS.CREATED_AT.desc(), SESSIONS.ID.desc())
                .fetch(Records.mapping(SessionEntry::new));
    }

    /** Hashes of the tokens of every session of an account that was not ended. */
    List<byte[]> tokensOf(long userId) {
        return sql.select(SESSIONS.TOKEN_HASH)
                .from(SESSIONS)
                .where(SESSIONS.USER_ID.eq(userId))
                .and(SESSIONS.ENDED_AT.isNull())
                .fetch(Record1::value1);
    }

    /** Whose a session is, live or not. */
    Optional<Long> ownerOf(byte[] tokenHash) {
        return sql.select(SESSIONS.USER_ID)
                .from(SESSIONS)
                .where(SESSIONS.TOKEN_HASH.eq(tokenHash))
                .fetchOptional(Record1::value1);
    }

    /** Ends the session of a token. Gives back what died, as all of the following do. */
    List<Ended> end(byte[] tokenHash, Instant now, String reason) {
        return endWhere(SESSIONS.TOKEN_HASH.eq(tokenHash), now, reason);
    }

    /** Ends one session of an account. */
    List<Ended> end(long id, long userId, Instant now, String reason) {
        return endWhere(SESSIONS.ID.eq(id).and(SESSIONS.USER_ID.eq(userId)), now, reason);
    }

    /** Ends all sessions of an account. */
    List<Ended> endAll(long userId, Instant now, String reason) {
        return endWhere(SESSIONS.USER_ID.eq(userId), now, reason);
    }

    /** Ends all sessions of an account but one. */
    List<Ended> endOthers(long userId, long kept, Instant now, String reason) {
        return endWhere(SESSIONS.USER_ID.eq(userId).and(SESSIONS.ID.ne(kept)), now, reason);
    }

    /** Ends the oldest live sessions of an account that has more than so many. */
    List<Ended> endOldest(long userId, int most, Instant now, Duration idle, String reason) {
        var surplus = DSL.select(SESSIONS.ID)
                .from(SESSIONS)
                .where(SESSIONS.USER_ID.eq(userId))
                .and(live(now, idle))
                .orderBy(SESSIONS.CREATED_AT.desc(), SESSIONS.ID.desc())
                .offset(most);
        return endWhere(SESSIONS.ID.in(surplus), now, reason);
    }

    private List<Ended> endWhere(Condition condition, Instant now, String reason) {
        return sql.update(SESSIONS)
                .set(SESSIONS.ENDED_AT, now)
                .set(SESSIONS.END_REASON, reason)
                .where(condition)
                .and(SESSIONS.ENDED_AT.isNull())
                .returningResult(SESSIONS.ID, SESSIONS.TOKEN_HASH, SESSIONS.LAST_SEEN_AT, SESSIONS.EXPIRES_AT)
                .fetch(Records.mapping(Ended::new));
    }

    /** Gives a session another token, if it still has the one that is known. */
    boolean changeToken(byte[] known, byte[] next) {
        return sql.update(SESSIONS)
                        .set(SESSIONS.TOKEN_HASH, next)
                        .where(SESSIONS.TOKEN_HASH.eq(known))
                        .and(SESSIONS.ENDED_AT.isNull())
                        .execute()
                == 1;
    }

    /** Moves last-seen times forward, never back. */
    void touch(Map<Long, Instant> lastSeen) {
        // Two replicas that write the same sessions lock them in the same order.
        sql.select(SESSIONS.ID)
                .from(SESSIONS)
                .where(SESSIONS.ID.in(lastSeen.keySet()))
                .orderBy(SESSIONS.ID)
                .forNoKeyUpdate()
                .execute();
        Row2<Long, Instant>[] rows = rows(lastSeen);
        var seen = DSL.values(rows).as("seen", "id", "at");
        var id = seen.field("id", Long.class);
        var at = seen.field("at", Instant.class);
        sql.update(SESSIONS)
                .set(SESSIONS.LAST_SEEN_AT, at)
                .from(seen)
                .where(SESSIONS.ID.eq(id))
                .and(SESSIONS.LAST_SEEN_AT.lt(at))
                .execute();
    }

    /** Deletes so many rows of sessions that ended before a time. Rows that another replica deletes are left to it. */
    int purgeEnded(Instant before, int most) {
        return purge(SESSIONS.ENDED_AT.lt(before), most);
    }

    /** Deletes so many rows of sessions that expired before a time. */
    int purgeExpired(Instant before, int most) {
        return purge(SESSIONS.EXPIRES_AT.lt(before), most);
    }

    private int purge(Condition condition, int most) {
        return sql.deleteFrom(SESSIONS)
                .where(SESSIONS.ID.in(DSL.select(SESSIONS.ID)
                        .from(SESSIONS)
                        .where(condition)
                        .limit(most)
                        .forUpdate()
                        .skipLocked()))
                .execute();
    }

    private static Condition live(Instant now, Duration idle) {
        return SESSIONS.ENDED_AT
                .isNull()
                .and(SESSIONS.EXPIRES_AT.gt(now))
                .and(SESSIONS.LAST_SEEN_AT.gt(now.minus(idle)));
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static Row2<Long, Instant>[] rows(Map<Long, Instant> lastSeen) {
        return lastSeen.entrySet().stream()
                .map(entry -> DSL.row(entry.getKey(), entry.getValue()))
                .toArray(Row2[]::new);
    }
}
