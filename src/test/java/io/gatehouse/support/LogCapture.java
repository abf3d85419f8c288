package io.gatehouse.support;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import ch.qos.logback.core.Layout;
import io.gatehouse.log.Logging;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Collects every line of the whole process in production's form, at a level of its own, while it is open. */
public final class LogCapture implements AutoCloseable {

    private static final JsonMapper JSON = new JsonMapper();

    private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private final Level before = root.getLevel();
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final Layout<ILoggingEvent> layout = Logging.pinoLayout();
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            lines.add(layout.doLayout(event));
        }
    };

    private LogCapture(Level level) {
        appender.setContext(root.getLoggerContext());
        appender.start();
        root.addAppender(appender);
        root.setLevel(level);
        Logging.keepSecretsOut();
    }

    public static LogCapture info() {
        return new LogCapture(Level.INFO);
    }

    public static LogCapture trace() {
        return new LogCapture(Level.TRACE);
    }

    /** Every line so far. */
    public List<String> lines() {
        return List.copyOf(lines);
    }

    /** The lines of one request, as soon as there is one: it is written when the client has its reply already. */
    public List<JsonNode> of(String logId) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(2);
        while (linesOf(logId).isEmpty() && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
        return linesOf(logId);
    }

    private List<JsonNode> linesOf(String logId) {
        return lines.stream()
                .map(line -> JSON.readTree(line))
                .filter(line -> line.path("reqId").asString("").equals(logId))
                .toList();
    }

    @Override
    public void close() {
        root.setLevel(before);
        root.detachAppender(appender);
        appender.stop();
    }
}
