package io.gatehouse.session;

import java.time.Duration;

/**
 * How long things about sessions last.
 *
 * @param idle a session's life without use
 * @param maxAge its life at most
 * @param retention of its row after its end
 * @param lease longest time between a look-up and the refill that follows it
 * @param invalidation of its row at least, so that every replica, which looks once a second, carries it out
 */
public record SessionTimes(Duration idle, Duration maxAge, Duration retention, Duration lease, Duration invalidation) {

    private static final Duration LEASE = Duration.ofSeconds(2);

    /** A replica that cannot reach its stores for a few seconds still sees what it has missed. */
    private static final Duration INVALIDATION = Duration.ofSeconds(10);

    private static final Duration MOST_WRITE_BACK = Duration.ofMinutes(1);

    public SessionTimes(Duration idle, Duration maxAge, Duration retention) {
        this(idle, maxAge, retention, LEASE, INVALIDATION);
    }

    /** How often PostgreSQL learns at most that a session was seen: a tenth of the idle limit, at most a minute. */
    public Duration writeBack() {
        Duration tenth = idle.dividedBy(10);
        return tenth.compareTo(MOST_WRITE_BACK) < 0 ? tenth : MOST_WRITE_BACK;
    }

    /**
     * How much later than PostgreSQL knows a session may have been seen: one period since it was noted, one more until
     * the note is written.
     */
    Duration grace() {
        return writeBack().multipliedBy(2);
    }

    /** The idle limit for those who must rely on PostgreSQL. */
    Duration storedIdle() {
        return idle.plus(grace());
    }
}
