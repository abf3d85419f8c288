package io.gatehouse.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.LayoutBase;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.KeyValuePair;
import tools.jackson.core.io.JsonStringEncoder;

/**
 * One JSON object per line in the order of pino 10.2: {@code level, time} (ms), {@code pid, hostname}, bindings of
 * the thread, {@code context}, the event's own fields, {@code err}, {@code msg}. Thread-safe.
 */
final class PinoLayout extends LayoutBase<ILoggingEvent> {

    private static final int TYPICAL_LINE = 512;

    private final String processFields;

    PinoLayout(long pid, String hostname) {
        StringBuilder fields = new StringBuilder();
        field(fields, "pid", pid);
        field(fields, "hostname", hostname);
        this.processFields = fields.toString();
    }

    @Override
    public String doLayout(ILoggingEvent event) {
        StringBuilder line =
                new StringBuilder(TYPICAL_LINE).append("{\"level\":").append(LogLine.number(event));
        field(line, "time", event.getTimeStamp());
        line.append(processFields);
        LogLine.bindings(event).forEach((name, value) -> field(line, name, value));
        field(line, "context", LogLine.context(event));
        List<KeyValuePair> fields = event.getKeyValuePairs();
        if (fields != null) {
            fields.forEach(it -> field(line, it.key, it.value));
        }
        IThrowableProxy error = event.getThrowableProxy();
        if (error != null) {
            line.append(",\"err\":{\"type\":");
            text(line, error.getClassName());
            field(line, "message", String.valueOf(error.getMessage()));
            field(line, "stack", LogLine.stack(error));
            line.append('}');
        }
        if (event.getFormattedMessage() != null) {
            field(line, "msg", event.getFormattedMessage());
        }
        return line.append("}\n").toString();
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
