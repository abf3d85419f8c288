package io.gatehouse.throttle;

import io.gatehouse.redis.RedisConnection;
import io.gatehouse.redis.RedisScript;
import io.gatehouse.redis.RedisScript.Piece;
import io.gatehouse.redis.RedisUnavailableException;
import java.time.Clock;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Slots for attempts that may fail: one is taken before the attempt and given back if it did not fail, so that many
 * attempts at once cannot exceed the limit. In Redis, over all replicas; while Redis is away, in this process.
 * Thread-safe.
 */
public final class Attempts {

    private static final RedisScript TAKE = RedisScript.of(Counters.CLOCK, Piece.beside(Attempts.class, "take.lua"));

    private final RedisConnection redis;
    private final String prefix;
    private final LocalSlots local;

    public Attempts(RedisConnection redis, String prefix, Clock clock) {
        this.redis = redis;
        this.prefix = prefix;
        this.local = new LocalSlots(clock);
    }

    /** What asking for a slot came to. */
    public sealed interface Taken {

        /** Wait so many seconds. */
        record Refused(long seconds) implements Taken {}

        /** A slot; it stays taken for the tier's period unless one of its methods is called. */
        non-sealed interface Slot extends Taken {

            /** The attempt did not fail: as if it had never been made. */
            void giveBack();

            /** The attempt succeeded: neither it nor the failures before it count any more. */
            void forgetFailures();
        }
    }

    /**
     * Asks for a slot.
     *
     * @param who is counted, such as {@code address:192.0.2.1}; stands in a Redis key
     */
    public Taken take(String who, Tier tier) {
        String key = prefix + "f:{" + who + "}";
        String name = Long.toHexString(ThreadLocalRandom.current().nextLong());
        try {
            String seconds = TAKE.call(
                    redis,
                    new String[] {key},
                    "",
                    Long.toString(tier.period().toMillis()),
                    Integer.toString(tier.limit()),
                    name);
            return seconds.equals("0") ? new InRedis(key, name) : new Taken.Refused(Long.parseLong(seconds));
        } catch (RedisUnavailableException e) {
            return local.take(key, tier);
        }
    }

    private final class InRedis implements Taken.Slot {

        private final String key;
        private final String name;

        private InRedis(String key, String name) {
            this.key = key;
            this.name = name;
        }

        @Override
        public void giveBack() {
            quietly(() -> redis.insist(commands -> commands.zrem(key, name)));
        }

        @Override
        public void forgetFailures() {
            quietly(() -> redis.insist(commands -> commands.del(key)));
        }

        /** With Redis away the slot stays taken for its period: rather one attempt too few than one too many. */
        private static void quietly(Runnable command) {
            try {
                command.run();
            } catch (RedisUnavailableException e) {
                // see above
            }
        }
    }
}
