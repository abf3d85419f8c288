package io.gatehouse.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Locale;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimestampTest {

    private static final DateTimeFormatter JDK =
            new DateTimeFormatterBuilder().appendInstant(3).toFormatter(Locale.ROOT);

    private static final long YEAR_0 = Instant.parse("0000-01-01T00:00:00Z").getEpochSecond();
    private static final long YEAR_10000 =
            Instant.parse("+10000-01-01T00:00:00Z").getEpochSecond();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1970-01-01T00:00:00Z",
                "1969-12-31T23:59:59.999999999Z",
                "2024-02-29T23:59:59.999Z",
                "2026-03-01T08:05:09.040Z",
                "0000-01-01T00:00:00Z",
                "9999-12-31T23:59:59.999Z",
                "-0001-12-31T23:59:59.999Z",
                "+10000-01-01T00:00:00Z"
            })
    void writesWhatTheJdkWrites(String time) {
        assertThat(Timestamp.of(Instant.parse(time))).isEqualTo(JDK.format(Instant.parse(time)));
    }

    @Test
    void writesWhatTheJdkWritesOfAnyTime() {
        SplittableRandom random = new SplittableRandom(6);
        for (int i = 0; i < 100_000; i++) {
            Instant time = Instant.ofEpochSecond(random.nextLong(YEAR_0, YEAR_10000), random.nextInt(1_000_000_000));
            assertThat(Timestamp.of(time)).isEqualTo(JDK.format(time));
        }
    }
}
