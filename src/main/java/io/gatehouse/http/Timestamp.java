package io.gatehouse.http;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Locale;

/**
 * Times as ISO-8601 UTC with milliseconds, which are cut and not rounded. By hand for the years of four digits: the
 * JDK's formatter takes several times as long, and a reply has three of them. Stateless.
 */
final class Timestamp {

    private static final DateTimeFormatter ANY_YEAR =
            new DateTimeFormatterBuilder().appendInstant(3).toFormatter(Locale.ROOT);

    private static final int SECONDS_OF_DAY = 86_400;
    private static final int LAST_YEAR = 9999;

    private Timestamp() {}

    /** Such as {@code 2026-03-01T08:05:09.040Z}. */
    static String of(Instant time) {
        LocalDate day = LocalDate.ofEpochDay(Math.floorDiv(time.getEpochSecond(), SECONDS_OF_DAY));
        if (day.getYear() < 0 || day.getYear() > LAST_YEAR) {
            return ANY_YEAR.format(time);
        }
        int second = Math.floorMod(time.getEpochSecond(), SECONDS_OF_DAY);
        byte[] text = "0000-00-00T00:00:00.000Z".getBytes(StandardCharsets.ISO_8859_1);
        digits(text, 3, day.getYear());
        digits(text, 6, day.getMonthValue());
        digits(text, 9, day.getDayOfMonth());
        digits(text, 12, second / 3600);
        digits(text, 15, second / 60 % 60);
        digits(text, 18, second % 60);
        digits(text, 22, time.getNano() / 1_000_000);
        return new String(text, StandardCharsets.ISO_8859_1);
    }

    /** Writes a number so that it ends at a place, over zeros. */
    private static void digits(byte[] text, int last, int number) {
        int at = last;
        for (int rest = number; rest > 0; rest /= 10) {
            text[at--] = (byte) ('0' + rest % 10);
        }
    }
}
