package io.gatehouse.session;

import io.gatehouse.db.Database;
import io.gatehouse.db.DatabaseUnavailableException;
import io.gatehouse.redis.RedisConnection;
import io.gatehouse.redis.RedisUnavailableException;
import io.gatehouse.throttle.Counted;
import io.gatehouse.throttle.Counters;
import io.gatehouse.throttle.Limits;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds sessions by token: in Redis, and where Redis has no copy or is away, in PostgreSQL. Notes when they were seen.
 * docs/sessions.md tells why a copy can be believed. Thread-safe.
 */
public final class SessionLookup {

    private static final Logger log = LoggerFactory.getLogger(SessionLookup.class);

    private final Database database;
    private final SessionCopies copies;
    private final Counters counters;
    private final SharedLookups lookups;
    private final LastSeen lastSeen = new LastSeen();
    private final SessionTimes times;
    private final Clock clock;

    /** @param waiting longest wait for a look-up that others share */
    public SessionLookup(
            Database database,
            RedisConnection redis,
            String keyPrefix,
            Counters counters,
            SessionTimes times,
            Duration waiting,
            Clock clock) {
        this.database = database;
        this.copies = new SessionCopies(redis, keyPrefix, times, clock);
        this.counters = counters;
        this.lookups = new SharedLookups(waiting.toMillis());
        this.times = times;
        this.clock = clock;
    }

    /** What a look-up came to: a live session, and what counting the request came to; without one nothing is counted. */
    public record Found(Optional<Session> session, Counted counted) {
        private static final Found NONE = new Found(Optional.empty(), Counted.NONE);
    }

    /**
     * The live session of a token; counts the request if there is one.
     *
     * @throws io.gatehouse.db.DatabaseUnavailableException when neither store can tell
     */
    public Found find(String token, String route, Limits limits) {
        byte[] hash = new SessionToken(token).hash();
        SessionCopies.Look look;
        try {
            look = copies.look(hash, route, limits);
        } catch (RedisUnavailableException e) {
            return withoutRedis(hash, route, limits);
        }
        return switch (look) {
            case SessionCopies.Look.Live live -> seen(live);
            case SessionCopies.Look.Dead dead -> Found.NONE;
            case SessionCopies.Look.Miss miss -> refill(hash, miss.lease(), route, limits);
        };
    }

    private Found seen(SessionCopies.Look.Live live) {
        if (live.due()) {
            lastSeen.note(live.session());
        }
        return new Found(Optional.of(live.session()), live.counted());
    }

    private Found refill(byte[] hash, String lease, String route, Limits limits) {
        Optional<Session> stored = stored(hash);
        try {
            if (stored.isEmpty()) {
                copies.bury(hash, lease);
                return Found.NONE;
            }
            Instant written = noted(stored.get());
            Session session = stored.get().seenAt(now());
            return new Found(Optional.of(session), copies.fill(hash, lease, session, written, route, limits));
        } catch (RedisUnavailableException e) {
            return counted(stored, hash, route, limits);
        }
    }

    /** The look-up does not ask Redis again; what else the request needs of Redis may, in what time is left. */
    private Found withoutRedis(byte[] hash, String route, Limits limits) {
        Optional<Session> stored = stored(hash);
        stored.ifPresent(this::noted);
        return counted(stored, hash, route, limits);
    }

    private Found counted(Optional<Session> stored, byte[] hash, String route, Limits limits) {
        return stored.map(session -> new Found(
                        Optional.of(session.seenAt(now())),
                        counters.countHere(SessionCopies.slot(hash), route, limits)))
                .orElse(Found.NONE);
    }

    /** Has PostgreSQL told that a session was seen, if it is time to; when that was last done. */
    private Instant noted(Session stored) {
        Instant now = now();
        if (stored.lastSeenAt().plus(times.writeBack()).isAfter(now)) {
            return stored.lastSeenAt();
        }
        lastSeen.note(stored.seenAt(now));
        return now;
    }

    private Optional<Session> stored(byte[] hash) {
        return lookups.find(
                SessionCopies.slot(hash),
                () -> database.read(sql -> new SessionStore(sql).findLive(hash, now(), times.storedIdle())));
    }

    /** How often {@link #writeBack()} should run. */
    public Duration writeBackPeriod() {
        return times.writeBack();
    }

    /** Writes back when sessions were last seen; a job calls it. What cannot be written goes on waiting. */
    public void writeBack() {
        try {
            lastSeen.flush(database);
        } catch (DatabaseUnavailableException e) {
            log.debug("last-seen times cannot be written yet", e);
        }
    }

    /** The database keeps microseconds, the API shows milliseconds: one precision for both. */
    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }
}
