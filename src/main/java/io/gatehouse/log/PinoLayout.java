package io.gatehouse.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.LayoutBase;
import java.io.StringWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.KeyValuePair;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.json.JsonFactory;

/**
 * One JSON object per line in the order of pino 10.2: {@code level, time} (ms), {@code pid, hostname}, bindings of
 * the thread, {@code context}, the event's own fields, {@code err}, {@code msg}. Thread-safe.
 */
final class PinoLayout extends LayoutBase<ILoggingEvent> {

    private static final int TYPICAL_LINE = 512;

    private final JsonFactory json = new JsonFactory();
    private final long pid;
    private final String hostname;

    PinoLayout(long pid, String hostname) {
        this.pid = pid;
        this.hostname = hostname;
    }

    @Override
    public String doLayout(ILoggingEvent event) {
        StringWriter line = new StringWriter(TYPICAL_LINE);
        try (JsonGenerator out = json.createGenerator(tools.jackson.core.ObjectWriteContext.empty(), line)) {
            out.writeStartObject();
            out.writeNumberProperty("level", LogLine.number(event));
            out.writeNumberProperty("time", event.getTimeStamp());
            out.writeNumberProperty("pid", pid);
            out.writeStringProperty("hostname", hostname);
            LogLine.bindings(event).forEach(out::writeStringProperty);
            out.writeStringProperty("context", LogLine.context(event));
            fields(out, event.getKeyValuePairs());
            error(out, event.getThrowableProxy());
            if (event.getFormattedMessage() != null) {
                out.writeStringProperty("msg", event.getFormattedMessage());
            }
            out.writeEndObject();
        }
        return line.append('\n').toString();
    }

    private static void fields(JsonGenerator out, @Nullable List<KeyValuePair> fields) {
        if (fields == null) {
            return;
        }
        for (KeyValuePair field : fields) {
            switch (field.value) {
                case null -> out.writeNullProperty(field.key);
                case Integer number -> out.writeNumberProperty(field.key, number);
                case Long number -> out.writeNumberProperty(field.key, number);
                case Double number -> out.writeNumberProperty(field.key, number);
                case Boolean flag -> out.writeBooleanProperty(field.key, flag);
                default -> out.writeStringProperty(field.key, field.value.toString());
            }
        }
    }

    private static void error(JsonGenerator out, @Nullable IThrowableProxy error) {
        if (error == null) {
            return;
        }
        out.writeObjectPropertyStart("err");
        out.writeStringProperty("type", error.getClassName());
        out.writeStringProperty("message", String.valueOf(error.getMessage()));
        out.writeStringProperty("stack", LogLine.stack(error));
        out.writeEndObject();
    }
}
