package io.gatehouse.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.LayoutBase;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import org.slf4j.event.KeyValuePair;

/** A line for people: time, level, context, message, fields; an error's stack below. Thread-safe. */
final class PrettyLayout extends LayoutBase<ILoggingEvent> {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss.SSS").withZone(ZoneId.systemDefault());

    private static final String PLAIN = "\u001b[0m";

    private final boolean colours;

    /** @param colours for a terminal */
    PrettyLayout(boolean colours) {
        this.colours = colours;
    }

    @Override
    public String doLayout(ILoggingEvent event) {
        String level = "%-5s".formatted(event.getLevel());
        StringBuilder line = new StringBuilder(160)
                .append(TIME.format(Instant.ofEpochMilli(event.getTimeStamp())))
                .append(' ')
                .append(colours ? colour(event.getLevel()) + level + PLAIN : level)
                .append(" (")
                .append(LogLine.context(event))
                .append(") ")
                .append(String.valueOf(event.getFormattedMessage()).replaceAll("[\\p{Cntrl}&&[^\n\t]]", "?"));
        List<KeyValuePair> fields = event.getKeyValuePairs();
        if (fields != null) {
            fields.forEach(field -> append(line, field.key, String.valueOf(field.value)));
        }
        LogLine.bindings(event).forEach((key, value) -> append(line, key, value));
        line.append('\n');
        if (event.getThrowableProxy() != null) {
            line.append(LogLine.stack(event.getThrowableProxy())).append('\n');
        }
        return line.toString();
    }

    private static String colour(Level level) {
        return switch (level.toInt()) {
            case Level.ERROR_INT -> "\u001b[31m";
            case Level.WARN_INT -> "\u001b[33m";
            case Level.INFO_INT -> "\u001b[32m";
            default -> "\u001b[90m";
        };
    }

    /** Control characters must not reach a terminal: they could paint over other lines. */
    private static void append(StringBuilder line, String key, String value) {
        line.append(' ').append(key).append('=').append(value.replaceAll("\\p{Cntrl}", "?"));
    }
}
