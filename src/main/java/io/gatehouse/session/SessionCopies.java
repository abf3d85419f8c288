package io.gatehouse.session;

import io.gatehouse.redis.RedisConnection;
import io.gatehouse.redis.RedisScript;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;

/**
 * Fast copies of sessions in Redis, each under the hash of its token. A copy never outlives its session: it goes when
 * the session has been idle too long or too old. An ended session leaves a mark that a late refill cannot overwrite.
 * Thread-safe.
 */
final class SessionCopies {

    /** Longer than any refill can take: those run under the database's deadline of at most a minute. */
    private static final Duration MARK = Duration.ofMinutes(2);

    private static final RedisScript FIND = RedisScript.beside(SessionCopies.class, "find.lua");
    private static final RedisScript FILL = RedisScript.beside(SessionCopies.class, "fill.lua");
    private static final RedisScript END = RedisScript.beside(SessionCopies.class, "end.lua");

    private final RedisConnection redis;
    private final String prefix;
    private final Duration idle;
    private final Clock clock;

    SessionCopies(RedisConnection redis, String prefix, Duration idle, Clock clock) {
        this.redis = redis;
        this.prefix = prefix;
        this.idle = idle;
        this.clock = clock;
    }

    /** What Redis knows of a token. */
    sealed interface Found {
        record Live(Session session) implements Found {}

        record Ended() implements Found {}

        record Unknown() implements Found {}
    }

    /** Looks a copy up and keeps it for another idle period, in one round trip. */
    Found find(byte[] tokenHash) {
        Instant now = clock.instant();
        List<String> reply = FIND.call(
                redis, List.of(key(tokenHash)), Long.toString(idle.toMillis()), Long.toString(now.toEpochMilli()));
        if (reply.isEmpty()) {
            return new Found.Unknown();
        }
        return reply.getFirst().equals("ended")
                ? new Found.Ended()
                : SessionPayload.decode(reply)
                        .<Found>map(session -> new Found.Live(session.seenAt(now)))
                        .orElseGet(Found.Unknown::new);
    }

    /** Stores a copy of a session just read from PostgreSQL, unless the mark of an ended one stands there. */
    void fill(byte[] tokenHash, Session session) {
        Instant now = clock.instant();
        long left = Math.min(
                idle.toMillis(), Duration.between(now, session.expiresAt()).toMillis());
        if (left > 0) {
            List<String> arguments = SessionPayload.encode(session, left);
            FILL.call(redis, List.of(key(tokenHash)), arguments.toArray(String[]::new));
        }
    }

    /** Replaces the copy by the mark of an ended session. */
    void end(byte[] tokenHash) {
        END.call(redis, List.of(key(tokenHash)), Long.toString(MARK.toMillis()));
    }

    private String key(byte[] tokenHash) {
        return prefix + "s:{" + Base64.getUrlEncoder().withoutPadding().encodeToString(tokenHash) + "}";
    }
}
