package io.gatehouse.job;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Optional;

/**
 * When a job is due: a cron expression in Quartz' form (seconds first) and a time zone, by the rules of cron-utils, which
 * helidon-scheduling uses as well. Immutable.
 */
public final class Schedule {

    private static final CronParser QUARTZ =
            new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.QUARTZ));

    /** Bounds what has to be run after a long outage. */
    private static final Duration EACH_AT_MOST = Duration.ofDays(1);

    private static final Duration SKIP_AFTER = Duration.ofMinutes(1);

    private final String cron;
    private final ZoneId zone;
    private final ExecutionTime times;

    private Schedule(String cron, ZoneId zone) {
        this.cron = cron;
        this.zone = zone;
        this.times = ExecutionTime.forCron(QUARTZ.parse(cron));
    }

    /**
     * Parses an expression.
     *
     * @throws IllegalArgumentException when it is none
     */
    public static Schedule of(String cron, ZoneId zone) {
        return new Schedule(cron, zone);
    }

    String cron() {
        return cron;
    }

    ZoneId zone() {
        return zone;
    }

    /** The first tick after a time; empty when there is none any more. */
    Optional<Instant> next(Instant after) {
        return times.nextExecution(at(after)).map(ZonedDateTime::toInstant);
    }

    /**
     * The tick to be run now.
     *
     * @param done ticks up to this one are done
     */
    Optional<Instant> due(Instant done, Instant now, CatchUp catchUp) {
        return switch (catchUp) {
            case EACH -> next(later(done, now.minus(EACH_AT_MOST))).filter(tick -> !tick.isAfter(now));
            case ONCE -> latest(now).filter(done::isBefore);
            case SKIP -> latest(now).filter(done::isBefore).filter(now.minus(SKIP_AFTER)::isBefore);
        };
    }

    /** The last tick up to a time. Cron knows whole seconds, and cron-utils looks strictly before. */
    private Optional<Instant> latest(Instant now) {
        return times.lastExecution(at(now).plusSeconds(1).withNano(0)).map(ZonedDateTime::toInstant);
    }

    private ZonedDateTime at(Instant time) {
        return time.atZone(zone);
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }
}
