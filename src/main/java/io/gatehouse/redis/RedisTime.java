package io.gatehouse.redis;

import java.time.Duration;
import java.util.function.LongFunction;
import java.util.function.Supplier;

/**
 * What a request has waited for Redis, all its calls together: what one call has used of the time limit, the next ones
 * do not have. Calls outside of a request have the whole time each. For one thread.
 *
 * <p>A scoped value, where everything else is passed down: as a parameter it would have to go through every rule that
 * counts a guess or ends a session, and who forgot it would wait anew. Nothing depends on it but how long a call waits.
 */
public final class RedisTime {

    private static final ScopedValue<RedisTime> OF_REQUEST = ScopedValue.newInstance();

    private long spentNanos;

    private RedisTime() {}

    /** Runs a request, whose calls share the time of one. */
    public static <T> T shared(Supplier<T> request) {
        return ScopedValue.where(OF_REQUEST, new RedisTime()).call(request::get);
    }

    static RedisTime current() {
        return OF_REQUEST.isBound() ? OF_REQUEST.get() : new RedisTime();
    }

    /** Nanoseconds. */
    long left(Duration limit) {
        return Math.max(0, limit.toNanos() - spentNanos);
    }

    /** Makes a call, which gets its deadline in {@link System#nanoTime()}, and notes how long it took. */
    <T> T spend(Duration limit, LongFunction<T> call) {
        long start = System.nanoTime();
        try {
            return call.apply(start + left(limit));
        } finally {
            spentNanos += System.nanoTime() - start;
        }
    }
}
