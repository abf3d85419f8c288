package io.gatehouse.session;

import io.gatehouse.db.Batches;
import io.gatehouse.db.Database;
import io.gatehouse.db.Transactions;
import io.gatehouse.redis.RedisConnection;
import io.gatehouse.session.SessionStore.Ended;
import io.gatehouse.webhook.Event.SessionCreated;
import io.gatehouse.webhook.Event.SessionRevoked;
import io.gatehouse.webhook.Outbox;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jooq.DSLContext;

/**
 * The life of sessions: begun at sign-in, listed, ended, purged. PostgreSQL holds the truth; {@link SessionLookup} finds
 * them by token. Thread-safe.
 *
 * <p>Who changes a session or an account within a transaction gets {@link Stale}, to be {@linkplain #settle settled}
 * after the commit and before anybody is told.
 */
public final class Sessions {

    /** Live sessions of an account; beginning another one ends the oldest. */
    private static final int MOST_PER_USER = 100;

    private static final String TOO_MANY = "too many";
    private static final String REPLACED = "replaced";

    private final Database database;
    private final Invalidations invalidations;
    private final Outbox outbox;
    private final SecureRandom random;
    private final Clock clock;
    private final SessionTimes times;

    public Sessions(
            Database database,
            RedisConnection redis,
            String keyPrefix,
            SessionTimes times,
            Outbox outbox,
            SecureRandom random,
            Clock clock) {
        this.database = database;
        this.outbox = outbox;
        SessionCopies copies = new SessionCopies(redis, keyPrefix, times, clock);
        this.invalidations = new Invalidations(database, copies, redis.breaker(), times);
        this.random = random;
        this.clock = clock;
        this.times = times;
        redis.breaker().trial(invalidations::carryOutBeforeUse);
    }

    /** A session that has just begun, with its token, which nobody else will ever learn. */
    public record Begun(Session session, String token, Stale stale) {
        @Override
        public String toString() {
            return "Begun[" + session.id() + "]";
        }
    }

    /** A token that takes the place of another. */
    public record Rotated(String token, Stale stale) {
        @Override
        public String toString() {
            return "Rotated[***]";
        }
    }

    /** Copies that a change has made stale. */
    public static final class Stale {
        /** Nothing that any copy holds has changed. */
        public static final Stale NONE = new Stale(List.of());

        private final List<Invalidation> invalidations;

        private Stale(List<Invalidation> invalidations) {
            this.invalidations = List.copyOf(invalidations);
        }
    }

    /**
     * Begins a session within the transaction of a sign-in, which holds the account's row.
     *
     * @param id of the session, drawn before the transaction: it may have to be waited for
     * @param replaced token of the session that the client had until now
     */
    public Begun begin(DSLContext sql, long id, Session.User user, Client client, Optional<String> replaced) {
        Instant now = now();
        SessionStore store = new SessionStore(sql);
        List<Invalidation> stale = new ArrayList<>();
        replaced.ifPresent(token -> stale.addAll(replace(sql, new SessionToken(token).hash(), now)));
        SessionToken token = SessionToken.random(random);
        Session session = new Session(id, user, now, now, now.plus(times.maxAge()));
        store.insert(session, token.hash(), client);
        outbox.write(sql, now, new SessionCreated(id, user.id()));
        List<Ended> surplus = store.endOldest(user.id(), MOST_PER_USER, now, times.storedIdle(), TOO_MANY);
        stale.addAll(revoked(sql, user.id(), surplus, TOO_MANY));
        return new Begun(session, token.value(), new Stale(stale));
    }

    /** The session that a client had until now may be another account's. */
    private List<Invalidation> replace(DSLContext sql, byte[] hash, Instant now) {
        SessionStore store = new SessionStore(sql);
        return store.ownerOf(hash)
                .map(owner -> revoked(sql, owner, store.end(hash, now, REPLACED), REPLACED))
                .orElse(List.of());
    }

    /** The live sessions of an account, the latest first. */
    public List<SessionEntry> list(long userId) {
        return database.read(sql -> new SessionStore(sql).list(userId, now(), times.storedIdle()));
    }

    /** Ends one session of an account everywhere; false if it has no such live session. */
    public boolean end(long id, long userId, String reason) {
        return endNow(userId, reason, (store, now) -> store.end(id, userId, now, reason)) > 0;
    }

    /** Ends all sessions of an account but this one; how many there were. */
    public int endOthers(Session kept, String reason) {
        long userId = kept.user().id();
        return endNow(userId, reason, (store, now) -> store.endOthers(userId, kept.id(), now, reason));
    }

    private interface Ending {
        List<Ended> in(SessionStore store, Instant now);
    }

    private record Change(int count, Stale stale) {}

    private int endNow(long userId, String reason, Ending ending) {
        Change change = database.tx(sql -> {
            List<Ended> dead = ending.in(new SessionStore(sql), now());
            return new Change(dead.size(), new Stale(revoked(sql, userId, dead, reason)));
        });
        settle(change.stale());
        return change.count();
    }

    /** Ends all sessions of an account, within the transaction that bars or changes it. */
    public Stale endAll(DSLContext sql, long userId, String reason) {
        return new Stale(revoked(sql, userId, new SessionStore(sql).endAll(userId, now(), reason), reason));
    }

    /**
     * Has every copy of an account read anew. Within the transaction that changes it, after the change: only then does
     * it hold the row that a sign-in needs, so that no session can begin unseen.
     */
    public Stale refresh(DSLContext sql, long userId) {
        return new Stale(invalidations.plant(sql, userId, new SessionStore(sql).tokensOf(userId)));
    }

    /**
     * Gives a session another token and ends all others of its account, within the transaction that changes what a
     * sign-in would prove; empty if the session has ended meanwhile.
     */
    public Optional<Rotated> rotate(DSLContext sql, Session session, String token, String reason) {
        SessionStore store = new SessionStore(sql);
        byte[] known = new SessionToken(token).hash();
        SessionToken next = SessionToken.random(random);
        if (!store.changeToken(known, next.hash())) {
            return Optional.empty();
        }
        long userId = session.user().id();
        invalidations.plant(sql, userId, List.of(known));
        List<Ended> dead = store.endOthers(userId, session.id(), now(), reason);
        return Optional.of(new Rotated(next.value(), new Stale(revoked(sql, userId, dead, reason))));
    }

    /** Removes stale copies. After the commit, before anybody is told of the change. */
    public void settle(Stale stale) {
        invalidations.settle(stale.invalidations);
    }

    /** Before the first request: what others left to be carried out is carried out, or Redis is not asked until it is. */
    public void start() {
        invalidations.carryOutFirst();
    }

    /** Carries out what other replicas have changed, or could not carry out; a job calls it every second. */
    public void carryOutLeftOvers() {
        invalidations.carryOutLeftOvers();
    }

    /**
     * Deletes rows of sessions that ended or expired longer ago than they have to be kept, in bounded batches; a job
     * calls it.
     *
     * @param transactions one for each batch
     * @return how many
     */
    public long purge(Transactions transactions) {
        Instant before = now().minus(times.retention());
        return Batches.delete(transactions, (sql, most) -> new SessionStore(sql).purgeEnded(before, most))
                + Batches.delete(transactions, (sql, most) -> new SessionStore(sql).purgeExpired(before, most));
    }

    /** Whether a row of an invalidation has been carried out in the Redis of this process; for tests. */
    boolean hasCarriedOut(long invalidation) {
        return invalidations.hasCarriedOut(invalidation);
    }

    /** Tells of what has ended, and has its copies removed. */
    private List<Invalidation> revoked(DSLContext sql, long userId, List<Ended> ended, String reason) {
        Instant now = now();
        outbox.write(
                sql,
                now,
                ended.stream()
                        .filter(it -> it.wasLive(now, times.storedIdle()))
                        .map(it -> new SessionRevoked(it.id(), userId, reason))
                        .toList());
        return invalidations.plant(
                sql, userId, ended.stream().map(Ended::tokenHash).toList());
    }

    /** The database keeps microseconds, the API shows milliseconds: one precision for both. */
    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }
}
