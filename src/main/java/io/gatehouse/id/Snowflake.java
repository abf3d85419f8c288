package io.gatehouse.id;

import java.time.Instant;

/**
 * The parts of an id in the layout of @sapphire/snowflake 3.5.5: milliseconds since an epoch (41 bits and the sign), worker (5),
 * process (5), increment (12). Worker and process are one number here, of ten bits.
 *
 * @param millis since the epoch
 * @param worker 0 to {@value #MAX_WORKER}
 * @param sequence 0 to {@value #MAX_SEQUENCE}, among the ids of one millisecond
 */
public record Snowflake(long millis, int worker, int sequence) {

    /** Largest number of a worker. */
    public static final int MAX_WORKER = 1023;

    /** Largest number within a millisecond. */
    public static final int MAX_SEQUENCE = 4095;

    private static final int SEQUENCE_BITS = 12;
    private static final int TIME_SHIFT = 22;

    public Snowflake {
        if (millis < 0
                || millis >= 1L << 41
                || worker < 0
                || worker > MAX_WORKER
                || sequence < 0
                || sequence > MAX_SEQUENCE) {
            throw new IllegalArgumentException("An id is a positive number of 63 bits");
        }
    }

    /**
     * The parts of an id.
     *
     * @throws IllegalArgumentException for a negative number: its time would lie before the epoch
     */
    public static Snowflake of(long id) {
        return new Snowflake(id >> TIME_SHIFT, (int) (id >>> SEQUENCE_BITS) & MAX_WORKER, (int) (id & MAX_SEQUENCE));
    }

    /** The id. */
    public long id() {
        return millis << TIME_SHIFT | (long) worker << SEQUENCE_BITS | sequence;
    }

    /** When the id was made, exactly. */
    public Instant time(Instant epoch) {
        return epoch.plusMillis(millis);
    }

    /** What @sapphire/snowflake calls the worker. */
    public int sapphireWorker() {
        return worker >>> 5;
    }

    /** What @sapphire/snowflake calls the process. */
    public int sapphireProcess() {
        return worker & 31;
    }
}
