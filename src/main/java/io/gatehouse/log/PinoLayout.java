package io.gatehouse.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.LayoutBase;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.KeyValuePair;
import tools.jackson.core.io.JsonStringEncoder;

/**
 * One JSON object per line in the order of pino 10.2: {@code level, time} (ms), {@code pid, hostname}, bindings of
 * the thread, {@code context}, the event's own fields, {@code err}, {@code msg}. A line that would be longer than 16 KiB
 * has its texts cut and says {@code truncated}. Thread-safe.
 */
final class PinoLayout extends LayoutBase<ILoggingEvent> {

    private static final int TYPICAL_LINE = 512;

    /** Of a whole line: what pipes, shippers and stores of logs take without splitting it. */
    static final int MOST_BYTES = 16 * 1024;

    private final String processFields;

    PinoLayout(long pid, String hostname) {
        StringBuilder fields = new StringBuilder();
        field(fields, "pid", pid);
        field(fields, "hostname", hostname);
        this.processFields = fields.toString();
    }

    @Override
    public String doLayout(ILoggingEvent event) {
        String line = line(event, Integer.MAX_VALUE);
        // Where even three bytes for each sign would fit, as nearly always, there is nothing to count.
        int most = MOST_BYTES;
        while (line.length() > MOST_BYTES / 3 && line.getBytes(StandardCharsets.UTF_8).length > MOST_BYTES) {
            most /= 4;
            line = line(event, most);
        }
        return line;
    }

    /** @param most signs of one text; the stack of an error may have four times as many */
    private String line(ILoggingEvent event, int most) {
        StringBuilder line =
                new StringBuilder(TYPICAL_LINE).append("{\"level\":").append(LogLine.number(event));
        field(line, "time", event.getTimeStamp());
        line.append(processFields);
        LogLine.bindings(event).forEach((name, value) -> field(line, name, cut(value, most)));
        field(line, "context", LogLine.context(event));
        List<KeyValuePair> fields = event.getKeyValuePairs();
        if (fields != null) {
            fields.forEach(
                    it -> field(line, cut(it.key, most), it.value instanceof String text ? cut(text, most) : it.value));
        }
        IThrowableProxy error = event.getThrowableProxy();
        if (error != null) {
            error(line, error, most);
        }
        if (most < Integer.MAX_VALUE) {
            field(line, "truncated", true);
        }
        if (event.getFormattedMessage() != null) {
            field(line, "msg", cut(event.getFormattedMessage(), most));
        }
        return line.append("}\n").toString();
    }

    private static void error(StringBuilder line, IThrowableProxy error, int most) {
        line.append(",\"err\":{\"type\":");
        text(line, error.getClassName());
        field(line, "message", cut(String.valueOf(error.getMessage()), most));
        field(line, "stack", cut(LogLine.stack(error), most > MOST_BYTES ? most : most * 4));
        line.append('}');
    }

    /** The beginning of a text, no sign of two chars cut in half. */
    private static String cut(String text, int most) {
        if (text.length() <= most) {
            return text;
        }
        return text.substring(0, most > 0 && Character.isHighSurrogate(text.charAt(most - 1)) ? most - 1 : most);
    }

    /** With a comma before it. */
    private static void field(StringBuilder line, String name, @Nullable Object value) {
        line.append(',');
        text(line, name);
        line.append(':');
        switch (value) {
            case null -> line.append("null");
            case Integer number -> line.append(number.intValue());
            case Long number -> line.append(number.longValue());
            case Double number when Double.isFinite(number) -> line.append(number.doubleValue());
            case Boolean flag -> line.append(flag.booleanValue());
            default -> text(line, value.toString());
        }
    }

    private static void text(StringBuilder line, String text) {
        line.append('"');
        if (plain(text)) {
            line.append(text);
        } else {
            JsonStringEncoder.getInstance().quoteAsString(text, line);
        }
        line.append('"');
    }

    /** Whether a text may stand as it is, as nearly all do: one look is cheaper than to copy sign by sign. */
    private static boolean plain(String text) {
        for (int i = 0; i < text.length(); i++) {
            char sign = text.charAt(i);
            if (sign < ' ' || sign == '"' || sign == '\\') {
                return false;
            }
        }
        return true;
    }
}
