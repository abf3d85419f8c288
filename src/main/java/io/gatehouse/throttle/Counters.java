package io.gatehouse.throttle;

import io.gatehouse.redis.Numbers;
import io.gatehouse.redis.RedisConnection;
import io.gatehouse.redis.RedisScript;
import io.gatehouse.redis.RedisScript.Piece;
import io.gatehouse.redis.RedisUnavailableException;
import java.time.Clock;

/**
 * Counts requests per client and route: in Redis, over all replicas; while Redis is away, in this process.
 * Thread-safe.
 */
public final class Counters {

    /** Functions for scripts that count as part of their work; {@code count(key, limits(arguments, first))}. */
    public static final Piece CLOCK = Piece.beside(Counters.class, "clock.lua");

    public static final Piece WINDOWS = Piece.beside(Counters.class, "windows.lua");

    private static final RedisScript COUNT = RedisScript.of(CLOCK, WINDOWS, Piece.beside(Counters.class, "count.lua"));

    private final RedisConnection redis;
    private final String prefix;
    private final LocalWindows local;

    public Counters(RedisConnection redis, String prefix, Clock clock) {
        this.redis = redis;
        this.prefix = prefix;
        this.local = new LocalWindows(clock);
    }

    /**
     * The key of a client's windows on a route.
     *
     * @param slot what stands in braces: all keys of a slot lie on one node
     */
    public static String key(String prefix, String slot, String route) {
        return prefix + "h:{" + slot + "}:" + route;
    }

    /** Counts a request by its client's address. */
    public Counted count(String bucket, String route, Limits limits) {
        String key = key(prefix, bucket, route);
        try {
            String reply = COUNT.call(redis, new String[] {key}, limits.arguments());
            return limits.read(Numbers.of(reply));
        } catch (RedisUnavailableException e) {
            return local.count(key, limits);
        }
    }

    /** Counts a request in this process. */
    public Counted countHere(String slot, String route, Limits limits) {
        return local.count(key(prefix, slot, route), limits);
    }
}
