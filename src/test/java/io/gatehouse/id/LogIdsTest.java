package io.gatehouse.id;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.support.TestClock;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LogIdsTest {

    @Test
    void timeIsOnTwittersEpoch() {
        Instant now = Instant.parse("2026-11-01T12:00:00.123Z");
        long id = new LogIds(7, Clock.fixed(now, ZoneOffset.UTC)).next();

        assertThat(Snowflake.of(id).time(LogIds.EPOCH)).isEqualTo(now);
        assertThat(Snowflake.of(id).worker()).isEqualTo(7);
    }

    @Test
    void neitherAStepBackNorABurstIsRefused() {
        TestClock clock = new TestClock();
        LogIds ids = new LogIds(1, clock);
        long before = ids.next();
        clock.move(Duration.ofHours(-1));
        Set<Long> seen = new HashSet<>();
        for (int i = 0; i < 20_000; i++) {
            long id = ids.next();
            assertThat(id).isGreaterThan(before);
            seen.add(id);
            before = id;
        }
        assertThat(seen).hasSize(20_000);
    }
}
