package io.gatehouse.id;

import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Ids of requests and their log lines: Snowflakes on Twitter's epoch, rising, from this process alone. Never wait and
 * never refuse, so they run ahead of a clock that steps back or of a burst; another process may draw the same worker.
 * Thread-safe and lock-free.
 */
public final class LogIds {

    /** Of the replaced service's log ids: TwitterSnowflake in @sapphire/snowflake 3.5.5. */
    public static final Instant EPOCH = Instant.ofEpochMilli(1_288_834_974_657L);

    private final int worker;
    private final Clock clock;

    /** Milliseconds since the epoch and sequence of the last id, as one rising number. */
    private final AtomicLong last = new AtomicLong();

    /** @param worker drawn at random: ten bits that tell most processes apart */
    public LogIds(int worker, Clock clock) {
        this.worker = worker;
        this.clock = clock;
    }

    /** The next id, positive. */
    public long next() {
        long now = (clock.millis() - EPOCH.toEpochMilli()) * (Snowflake.MAX_SEQUENCE + 1);
        long ticket = last.updateAndGet(before -> Math.max(before + 1, now));
        return new Snowflake(ticket / (Snowflake.MAX_SEQUENCE + 1), worker, (int) (ticket & Snowflake.MAX_SEQUENCE))
                .id();
    }
}
