package io.gatehouse.id;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.support.TestClock;
import io.gatehouse.support.Vectors;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class SnowflakesTest {

    private static final Instant EPOCH = Instant.parse("2025-01-01T00:00:00Z");

    @Test
    void layoutIsThatOfSapphire() {
        int checked = 0;
        for (JsonNode vector : Vectors.read("snowflake.json").path("vectors")) {
            if (!vector.path("increment").stringValue().equals("0")) {
                continue; // ours starts each millisecond at 0
            }
            Instant epoch =
                    Instant.ofEpochMilli(Long.parseLong(vector.path("epoch").stringValue()));
            Instant time = Instant.ofEpochMilli(
                    Long.parseLong(vector.path("timestampMs").stringValue()));
            int worker = Integer.parseInt(vector.path("workerId").stringValue()) << 5
                    | Integer.parseInt(vector.path("processId").stringValue());
            if (!time.isAfter(epoch)) {
                continue; // the very first ticket is 1, and nothing is older than the epoch
            }
            long id = Snowflakes.ofRows(epoch, worker, Clock.fixed(time, ZoneOffset.UTC))
                    .next();
            assertThat(Long.toString(id)).isEqualTo(vector.path("id").stringValue());
            checked++;
        }
        assertThat(checked).isPositive();
    }

    @Test
    void idsRiseWhenTheClockStepsBack() {
        TestClock clock = new TestClock();
        Snowflakes ids = Snowflakes.ofRows(EPOCH, 1, clock);
        long before = ids.next();
        clock.move(Duration.ofMillis(-500));

        assertThat(ids.next()).isGreaterThan(before);
    }

    @Test
    void rowIdsAreRefusedWhenTheClockIsFarBehindAndLogIdsAreNot() {
        TestClock clock = new TestClock();
        Snowflakes rows = Snowflakes.ofRows(EPOCH, 1, clock);
        Snowflakes logs = Snowflakes.ofLogs(1, clock);
        rows.next();
        long logId = logs.next();
        clock.move(Duration.ofSeconds(-5));

        assertThatThrownBy(rows::next)
                .isInstanceOf(ClockBehindException.class)
                .hasMessageContaining("check time synchronisation");
        assertThat(logs.next()).isGreaterThan(logId);
    }

    @Test
    void aMillisecondHolds4096Ids() {
        Clock frozen = Clock.fixed(EPOCH.plusSeconds(1000), ZoneOffset.UTC);
        Snowflakes ids = Snowflakes.ofRows(EPOCH, 1023, frozen);

        Set<Long> distinct = new java.util.HashSet<>();
        LongStream.range(0, 10_000).forEach(i -> distinct.add(ids.next()));

        assertThat(distinct).hasSize(10_000);
        assertThat(distinct.stream().map(id -> id >> 22).distinct()).hasSize(3);
        assertThat(distinct).allMatch(id -> (id >> 12 & 1023) == 1023);
    }

    @Test
    void threadsNeverShareAnId() {
        Snowflakes ids = Snowflakes.ofRows(EPOCH, 7, Clock.systemUTC());
        Set<Long> seen = ConcurrentHashMap.newKeySet();
        IntStream.range(0, 200_000).parallel().forEach(i -> seen.add(ids.next()));

        assertThat(seen).hasSize(200_000);
    }
}
