package io.gatehouse.id;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Ids of rows in the layout of @sapphire/snowflake 3.5.5: milliseconds since the epoch (42 bits), worker (5), process
 * (5), increment (12); worker and process are one number here, 0 to 1023. Strictly rising per instance, also when the
 * clock steps back, and never more than 4,096 in a millisecond: the generator then runs ahead of the clock, up to a
 * bound. Unique across processes only as far as their workers differ. Thread-safe and lock-free.
 */
public final class Snowflakes {

    /** Largest number of a worker. */
    public static final int MAX_WORKER = 1023;

    private static final int SEQUENCE_BITS = 12;
    private static final int WORKER_BITS = 10;
    private static final long SEQUENCE_MASK = (1 << SEQUENCE_BITS) - 1;

    private final long epochMillis;
    private final long workerBits;
    private final long aheadMillis;
    private final Clock clock;

    /** Milliseconds since the epoch and increment of the last id, as one rising number. */
    private final AtomicLong last = new AtomicLong();

    private Snowflakes(Instant epoch, int worker, Duration ahead, Clock clock) {
        if (worker < 0 || worker > MAX_WORKER) {
            throw new IllegalArgumentException("A worker is a number from 0 to 1023, not " + worker);
        }
        this.epochMillis = epoch.toEpochMilli();
        this.workerBits = (long) worker << SEQUENCE_BITS;
        this.aheadMillis = ahead.toMillis();
        this.clock = clock;
    }

    /** Ids of rows: refuse to run more than a second ahead of the clock. */
    public static Snowflakes ofRows(Instant epoch, int worker, Clock clock) {
        return new Snowflakes(epoch, worker, Duration.ofSeconds(1), clock);
    }

    /** Ids of log lines, on Twitter's epoch: never refuse, never wait. */
    public static Snowflakes ofLogs(int worker, Clock clock) {
        return new Snowflakes(
                Instant.ofEpochMilli(1_288_834_974_657L), worker, Duration.ofMillis(Long.MAX_VALUE), clock);
    }

    /**
     * The next id, positive.
     *
     * @throws ClockBehindException when the clock has stepped back further than the bound
     */
    public long next() {
        long now = (clock.millis() - epochMillis) << SEQUENCE_BITS;
        long ticket = last.updateAndGet(before -> Math.max(before + 1, now));
        long millis = ticket >>> SEQUENCE_BITS;
        if (millis - (now >>> SEQUENCE_BITS) > aheadMillis) {
            throw new ClockBehindException(Duration.ofMillis(millis - (now >>> SEQUENCE_BITS)));
        }
        return (millis << (WORKER_BITS + SEQUENCE_BITS)) | workerBits | (ticket & SEQUENCE_MASK);
    }
}
