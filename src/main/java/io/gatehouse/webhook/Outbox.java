package io.gatehouse.webhook;

import io.gatehouse.http.Json;
import io.gatehouse.log.Logging;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jooq.DSLContext;
import org.slf4j.MDC;

/**
 * Where it is written down what others are to be told: in the transaction in which it happens, so that neither is there
 * without the other. What nobody wants to be told costs one look and is not written. Thread-safe.
 */
public final class Outbox {

    private final Json json = new Json();

    /** The body of a delivery; {@code type}, {@code timestamp} and {@code data} are the names of Standard Webhooks. */
    record Payload(String type, Instant timestamp, Event data) {}

    /** Writes what has just happened, in this order; after the change. */
    public void write(DSLContext sql, Instant at, List<? extends Event> events) {
        if (events.isEmpty()) {
            return;
        }
        OutboxStore store = new OutboxStore(sql);
        Set<String> wanted = store.wantedTypes();
        Optional<String> logId = Optional.ofNullable(MDC.get(Logging.LOG_ID));
        List<OutboxStore.Entry> entries = events.stream()
                .filter(event -> wanted.contains(event.type().text()))
                .map(event -> new OutboxStore.Entry(event.type().text(), at, logId, payload(event, at)))
                .toList();
        if (!entries.isEmpty()) {
            store.insert(entries);
        }
    }

    /** The same of one event. */
    public void write(DSLContext sql, Instant at, Event event) {
        write(sql, at, List.of(event));
    }

    /** The body of deliveries of an event. */
    String payload(Event event, Instant at) {
        return json.text(new Payload(event.type().text(), at, event));
    }
}
