package io.gatehouse.http;

import io.gatehouse.log.Logging;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * One line per request. No query, no body, no header; of a path only words that stand in the URL map and numbers,
 * because clients put secrets into the strangest places. Thread-safe.
 */
final class RequestLog {

    /** Log fields of requests that are part of a trace. */
    static final String TRACE_ID = "traceId";

    static final String SPAN_ID = "spanId";

    private static final Logger log = LoggerFactory.getLogger(RequestLog.class);

    private final Set<String> words;

    RequestLog(Set<String> patterns) {
        this.words = patterns.stream()
                .flatMap(pattern -> Arrays.stream(pattern.split("/")))
                .filter(word -> !word.startsWith("{"))
                .collect(Collectors.toUnmodifiableSet());
    }

    /** What is known of a finished request. */
    record Entry(
            String method,
            String route,
            String path,
            int status,
            Duration cost,
            long bytes,
            String client,
            Optional<Long> userId,
            @Nullable Throwable failure) {}

    /** Writes the line of a request whose id stands under {@link Logging#LOG_ID} in the bindings of this thread. */
    void write(Entry entry) {
        LoggingEventBuilder line = level(entry)
                .addKeyValue("method", Methods.named(entry.method()))
                .addKeyValue("route", entry.route())
                .addKeyValue("path", masked(entry))
                .addKeyValue("status", entry.status())
                .addKeyValue("cost", entry.cost().toMillis())
                .addKeyValue("bytes", entry.bytes())
                .addKeyValue("client", entry.client());
        entry.userId()
                .map(user -> line.addKeyValue("userId", Long.toString(user)))
                .orElse(line)
                .log(entry.status() == 0 ? "request aborted" : "request completed");
    }

    private static LoggingEventBuilder level(Entry entry) {
        LoggingEventBuilder line =
                entry.status() < 500 ? log.atInfo() : entry.status() == 503 ? log.atWarn() : log.atError();
        Throwable failure = entry.failure();
        if (failure == null) {
            return line;
        }
        // Something is away: its trace says nothing that its message does not, and there may be thousands.
        return entry.status() == 503 ? line.addKeyValue("cause", failure.getMessage()) : line.setCause(failure);
    }

    private String masked(Entry entry) {
        // Where the pattern is the path, all its words stand in the URL map.
        return entry.path().equals(entry.route()) ? entry.path() : masked(entry.path());
    }

    private String masked(String path) {
        return Arrays.stream(path.split("/", 16))
                .map(word -> words.contains(word) || word.matches("\\d{1,20}") ? word : "*")
                .collect(Collectors.joining("/"));
    }
}
