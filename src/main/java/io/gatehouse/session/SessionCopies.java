package io.gatehouse.session;

import io.gatehouse.redis.BatchedScript;
import io.gatehouse.redis.Numbers;
import io.gatehouse.redis.RedisConnection;
import io.gatehouse.redis.RedisScript;
import io.gatehouse.redis.RedisScript.Piece;
import io.gatehouse.throttle.Counted;
import io.gatehouse.throttle.Counters;
import io.gatehouse.throttle.Limits;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/**
 * Fast copies of sessions in Redis, each under the hash of its token. Only a refill writes one, and only under the
 * lease that the look-up before it planted; whoever changes a session or its account removes copy and lease. A copy
 * counts only on the very server, and in the very life of it, that it was written to. Thread-safe.
 */
final class SessionCopies {

    /** How long a token without a session is remembered. */
    private static final Duration BURIED = Duration.ofSeconds(90);

    private static final String LIVE = "live";
    private static final Base64.Encoder SLOT = Base64.getUrlEncoder().withoutPadding();

    private static final Piece COPY = Piece.beside(SessionCopies.class, "copy.lua");
    private static final RedisScript LOOK =
            RedisScript.of(Counters.CLOCK, Counters.WINDOWS, COPY, Piece.beside(SessionCopies.class, "look.lua"));
    private static final RedisScript FILL =
            RedisScript.of(Counters.CLOCK, Counters.WINDOWS, COPY, Piece.beside(SessionCopies.class, "fill.lua"));
    private static final RedisScript BURY = RedisScript.of(COPY, Piece.beside(SessionCopies.class, "bury.lua"));

    private final RedisConnection redis;
    private final String prefix;
    private final SessionTimes times;
    private final Clock clock;

    private final String idle;
    private final String storedIdle;
    private final String writeBack;
    private final String leaseTime;

    /** One for each rule that routes are limited by. */
    private final Map<Limits, BatchedScript> looks = new ConcurrentHashMap<>();

    SessionCopies(RedisConnection redis, String prefix, SessionTimes times, Clock clock) {
        this.redis = redis;
        this.prefix = prefix;
        this.times = times;
        this.clock = clock;
        this.idle = millis(times.idle());
        this.storedIdle = millis(times.storedIdle());
        this.writeBack = millis(times.writeBack());
        this.leaseTime = millis(times.lease());
    }

    private static String millis(Duration time) {
        return Long.toString(time.toMillis());
    }

    /** What Redis knows of a token. */
    sealed interface Look {

        /**
         * A live session.
         *
         * @param due whether PostgreSQL should learn that it was seen
         */
        record Live(Session session, Counted counted, boolean due) implements Look {}

        /** A token that has no live session. */
        record Dead() implements Look {}

        /**
         * Nothing that counts.
         *
         * @param lease to be shown when what PostgreSQL says is stored; empty if somebody else has it
         */
        record Miss(String lease) implements Look {}
    }

    /** Looks a copy up, keeps it for another idle period and counts the request, in one round trip. */
    Look look(byte[] tokenHash, String route, Limits limits) {
        Instant now = clock.instant();
        String lease = Long.toHexString(ThreadLocalRandom.current().nextLong());
        String reply = looks.computeIfAbsent(limits, this::batched)
                .call(redis, keys(tokenHash, route), List.of(Long.toString(now.toEpochMilli()), lease));
        return switch (reply) {
            case "dead" -> new Look.Dead();
            case "miss 0" -> new Look.Miss("");
            case "miss 1" -> new Look.Miss(lease);
            default -> live(reply, now, limits);
        };
    }

    private BatchedScript batched(Limits limits) {
        return new BatchedScript(LOOK, limits.arguments(idle, storedIdle, writeBack, leaseTime));
    }

    private static Look live(String reply, Instant now, Limits limits) {
        int facts = reply.indexOf('\n');
        Numbers numbers = new Numbers(reply, LIVE.length(), facts);
        boolean due = numbers.next() == 1;
        Instant expires = Instant.ofEpochMilli(numbers.next());
        Counted counted = limits.read(numbers);
        return new Look.Live(SessionPayload.decode(reply, facts + 1, now, expires), counted, due);
    }

    /**
     * Stores a copy of a session just read from PostgreSQL, if the lease still stands, and counts the request.
     *
     * @param written when PostgreSQL was last told that the session was seen
     */
    Counted fill(byte[] tokenHash, String lease, Session session, Instant written, String route, Limits limits) {
        Instant now = session.lastSeenAt();
        long left = Math.min(
                times.storedIdle().toMillis(),
                Duration.between(now, session.expiresAt()).toMillis());
        String[] arguments = limits.arguments(
                lease,
                Long.toString(Math.max(1, left)),
                Long.toString(now.toEpochMilli()),
                Long.toString(written.toEpochMilli()),
                Long.toString(session.expiresAt().toEpochMilli()),
                SessionPayload.encode(session));
        return limits.read(Numbers.of(FILL.call(redis, keys(tokenHash, route).toArray(String[]::new), arguments)));
    }

    /** Notes that a token has no live session, if the lease still stands. */
    void bury(byte[] tokenHash, String lease) {
        if (!lease.isEmpty()) {
            String slot = slot(tokenHash);
            BURY.call(redis, new String[] {copy(slot), lease(slot)}, lease, Long.toString(BURIED.toMillis()));
        }
    }

    /** Removes copies of sessions and the leases under which others could be written, in one round trip. */
    void forget(List<String> slots) {
        if (slots.isEmpty()) {
            return;
        }
        String[] keys = slots.stream()
                .flatMap(slot -> Stream.of(copy(slot), lease(slot)))
                .toArray(String[]::new);
        redis.insist(commands -> commands.del(keys));
    }

    private List<String> keys(byte[] tokenHash, String route) {
        String slot = slot(tokenHash);
        return List.of(copy(slot), lease(slot), Counters.key(prefix, slot, route));
    }

    private String copy(String slot) {
        return prefix + "s:{" + slot + "}";
    }

    private String lease(String slot) {
        return prefix + "l:{" + slot + "}";
    }

    static String slot(byte[] tokenHash) {
        return SLOT.encodeToString(tokenHash);
    }
}
