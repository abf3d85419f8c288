package io.gatehouse.job;

import static io.gatehouse.job.CatchUp.EACH;
import static io.gatehouse.job.CatchUp.ONCE;
import static io.gatehouse.job.CatchUp.SKIP;
import static java.time.ZoneOffset.UTC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleTest {

    private static final Schedule HOURLY = Schedule.of("0 17 * * * ?", UTC);
    private static final Instant DONE = Instant.parse("2026-03-01T10:17:00Z");

    @ParameterizedTest
    @EnumSource
    void aTickIsDueFromItsVerySecondAndNotBefore(CatchUp catchUp) {
        Instant next = Instant.parse("2026-03-01T11:17:00Z");

        assertThat(HOURLY.due(DONE, DONE, catchUp)).isEmpty();
        assertThat(HOURLY.due(DONE, next.minusNanos(1), catchUp)).isEmpty();
        assertThat(HOURLY.due(DONE, next, catchUp)).contains(next);
        assertThat(HOURLY.due(DONE, next.plusMillis(999), catchUp)).contains(next);
        assertThat(HOURLY.due(next, next.plusMillis(999), catchUp)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void everySecondsTickIsFoundWithinThatSecond(CatchUp catchUp) {
        Schedule each = Schedule.of("* * * * * ?", UTC);

        assertThat(each.due(DONE, DONE.plusMillis(1500), catchUp)).contains(DONE.plusSeconds(1));
    }

    @Test
    void missedTicksAreRunInOrderOrOnceOrNotAtAll() {
        Instant now = Instant.parse("2026-03-01T14:00:00Z");

        assertThat(allDue(HOURLY, DONE, now))
                .containsExactly(
                        Instant.parse("2026-03-01T11:17:00Z"),
                        Instant.parse("2026-03-01T12:17:00Z"),
                        Instant.parse("2026-03-01T13:17:00Z"));
        assertThat(HOURLY.due(DONE, now, ONCE)).contains(Instant.parse("2026-03-01T13:17:00Z"));
        assertThat(HOURLY.due(DONE, now, SKIP)).isEmpty();
    }

    @Test
    void aTickThatIsAMinuteLateIsNotSkipped() {
        Instant tick = Instant.parse("2026-03-01T11:17:00Z");

        assertThat(HOURLY.due(DONE, tick.plusSeconds(59), SKIP)).contains(tick);
        assertThat(HOURLY.due(DONE, tick.plusSeconds(60), SKIP)).isEmpty();
    }

    @Test
    void afterALongOutageOnlyADayIsMadeUpFor() {
        Instant now = DONE.plusSeconds(10 * 86_400).plusSeconds(60);

        assertThat(allDue(HOURLY, DONE, now)).hasSize(24);
    }

    /** On 29 March 2026 there is no half past two in Berlin; on 25 October it comes twice. */
    @Test
    void dailyTicksComeOnceADayAlsoWhenClocksAreChanged() {
        Schedule daily = Schedule.of("0 30 2 * * ?", ZoneId.of("Europe/Berlin"));

        assertThat(ticks(daily, "2026-03-27T12:00:00Z", 4))
                .extracting(tick -> tick.toString().substring(0, 10))
                .doesNotHaveDuplicates();
        assertThat(ticks(daily, "2026-10-23T12:00:00Z", 4))
                .extracting(tick -> tick.toString().substring(0, 10))
                .doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "* * * * *", "0 61 * * * ?", "every day"})
    void whatIsNoExpressionIsRefused(String cron) {
        assertThatThrownBy(() -> Schedule.of(cron, UTC)).isInstanceOf(IllegalArgumentException.class);
    }

    private static List<Instant> allDue(Schedule schedule, Instant done, Instant now) {
        List<Instant> all = new ArrayList<>();
        Instant last = done;
        while (schedule.due(last, now, EACH).isPresent()) {
            last = schedule.due(last, now, EACH).orElseThrow();
            all.add(last);
        }
        return all;
    }

    private static List<Instant> ticks(Schedule schedule, String after, int count) {
        List<Instant> all = new ArrayList<>();
        Instant last = Instant.parse(after);
        for (int i = 0; i < count; i++) {
            last = schedule.next(last).orElseThrow();
            all.add(last);
        }
        return all;
    }
}
