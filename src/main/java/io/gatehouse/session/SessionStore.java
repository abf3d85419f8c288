package io.gatehouse.session;

import static io.gatehouse.db.gen.Tables.SESSIONS;
import static io.gatehouse.db.gen.Tables.USERS;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jooq.DSLContext;
import org.jooq.Records;
import org.jooq.Row2;
import org.jooq.impl.DSL;

/** Sessions in PostgreSQL. Lives for one piece of work on one connection. */
final class SessionStore {

    private final DSLContext sql;

    SessionStore(DSLContext sql) {
        this.sql = sql;
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

    /** The session of a token, if it is live at {@code now}. */
    Optional<Session> findLive(byte[] tokenHash, Instant now, Duration idle) {
        return sql.select(
                        SESSIONS.ID,
                        DSL.row(USERS.ID, USERS.NAME, USERS.EMAIL).mapping(Session.User::new),
                        SESSIONS.CREATED_AT,
                        SESSIONS.LAST_SEEN_AT,
                        SESSIONS.EXPIRES_AT)
                .from(SESSIONS)
                .join(USERS)
                .on(USERS.ID.eq(SESSIONS.USER_ID))
                .where(SESSIONS.TOKEN_HASH.eq(tokenHash))
                .and(SESSIONS.ENDED_AT.isNull())
                .and(SESSIONS.EXPIRES_AT.gt(now))
                .and(SESSIONS.LAST_SEEN_AT.gt(now.minus(idle)))
                .fetchOptional(Records.mapping(Session::new));
    }

    /** Ends a session that has not ended yet. */
    void end(long id, Instant now, String reason) {
        sql.update(SESSIONS)
                .set(SESSIONS.ENDED_AT, now)
                .set(SESSIONS.END_REASON, reason)
                .where(SESSIONS.ID.eq(id))
                .and(SESSIONS.ENDED_AT.isNull())
                .execute();
    }

    /** Moves last-seen times forward, never back; one statement for all. */
    void touch(Map<Long, Instant> lastSeen) {
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

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static Row2<Long, Instant>[] rows(Map<Long, Instant> lastSeen) {
        return lastSeen.entrySet().stream()
                .map(entry -> DSL.row(entry.getKey(), entry.getValue()))
                .toArray(Row2[]::new);
    }
}
