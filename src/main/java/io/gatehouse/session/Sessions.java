package io.gatehouse.session;

import io.gatehouse.db.Database;
import io.gatehouse.id.Snowflakes;
import io.gatehouse.redis.RedisConnection;
import io.gatehouse.redis.RedisUnavailableException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.jooq.DSLContext;

/**
 * The life of sessions: begun at sign-in, found by token, ended. PostgreSQL holds the truth; Redis only makes it
 * fast, and when Redis is away sessions are found in PostgreSQL. Thread-safe.
 */
public final class Sessions {

    private final Database database;
    private final SessionCopies copies;
    private final LastSeen lastSeen = new LastSeen();
    private final Snowflakes ids;
    private final SecureRandom random;
    private final Clock clock;
    private final Duration idle;
    private final Duration maxAge;

    /** How long sessions live: without use, and at most. */
    public record Lifetime(Duration idle, Duration maxAge) {}

    public Sessions(
            Database database,
            RedisConnection redis,
            String keyPrefix,
            Lifetime lifetime,
            Snowflakes ids,
            SecureRandom random,
            Clock clock) {
        this.database = database;
        this.copies = new SessionCopies(redis, keyPrefix, lifetime.idle(), clock);
        this.ids = ids;
        this.random = random;
        this.clock = clock;
        this.idle = lifetime.idle();
        this.maxAge = lifetime.maxAge();
    }

    /** A session that has just begun, with its token, which nobody else will ever learn. */
    public record Begun(Session session, String token) {}

    /** Begins a session within the transaction of a sign-in. */
    public Begun begin(DSLContext sql, Session.User user, Client client) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        SessionToken token = SessionToken.random(random);
        Session session = new Session(ids.next(), user, now, now, now.plus(maxAge));
        new SessionStore(sql).insert(session, token.hash(), client);
        return new Begun(session, token.value());
    }

    /**
     * The live session of a token.
     *
     * @throws io.gatehouse.db.DatabaseUnavailableException when neither store can tell
     */
    public Optional<Session> find(String token) {
        byte[] hash = new SessionToken(token).hash();
        Optional<Session> session = lookUp(hash);
        session.ifPresent(lastSeen::note);
        return session;
    }

    /**
     * Ends the session of a token everywhere.
     *
     * @throws RedisUnavailableException when the copy could not be removed: the session may then live on elsewhere
     *     until its copy goes, and the caller should try again
     */
    public void end(Session session, String token, String reason) {
        database.tx(sql -> {
            new SessionStore(sql).end(session.id(), clock.instant(), reason);
            return session.id();
        });
        copies.end(new SessionToken(token).hash());
    }

    /** How often {@link #writeBack()} should run. */
    public Duration writeBackPeriod() {
        return LastSeen.period(idle);
    }

    /** Writes back when sessions were last seen; a job calls it. */
    public void writeBack() {
        lastSeen.flush(database);
    }

    private Optional<Session> lookUp(byte[] hash) {
        SessionCopies.Found found;
        try {
            found = copies.find(hash);
        } catch (RedisUnavailableException e) {
            // No refill either: the client waits for Redis once at the most.
            return stored(hash);
        }
        return switch (found) {
            case SessionCopies.Found.Live live -> Optional.of(live.session());
            case SessionCopies.Found.Ended ended -> Optional.empty();
            case SessionCopies.Found.Unknown unknown -> refill(hash);
        };
    }

    private Optional<Session> refill(byte[] hash) {
        Optional<Session> session = stored(hash);
        try {
            session.ifPresent(found -> copies.fill(hash, found));
        } catch (RedisUnavailableException e) {
            // The next request reads PostgreSQL again.
        }
        return session;
    }

    private Optional<Session> stored(byte[] hash) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        return database.read(sql -> new SessionStore(sql).findLive(hash, now, idle))
                .map(found -> found.seenAt(now));
    }
}
