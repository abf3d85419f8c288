package io.gatehouse.webhook;

import static io.gatehouse.db.gen.Tables.WEBHOOK_DELIVERIES;
import static io.gatehouse.db.gen.Tables.WEBHOOK_ENDPOINTS;
import static io.gatehouse.db.gen.Tables.WEBHOOK_EVENTS;
import static org.jooq.impl.DSL.any;
import static org.jooq.impl.DSL.select;

import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.JSON;
import org.jooq.Record1;
import org.jooq.Row4;
import org.jooq.impl.DSL;

/** Events as they are written in the transactions of others. Lives for one piece of work on one connection. */
final class OutboxStore {

    /** Endpoints for which events are kept. */
    private static final Condition LISTENING = WEBHOOK_ENDPOINTS.STATUS.ne(Endpoint.Status.DISABLED.text());

    private final DSLContext sql;

    OutboxStore(DSLContext sql) {
        this.sql = sql;
    }

    /** An event as its row has it. */
    record Entry(String type, Instant at, Optional<String> logId, String payload) {}

    /** What anybody wants to be told. */
    Set<String> wantedTypes() {
        return sql
                .select(WEBHOOK_ENDPOINTS.EVENTS)
                .from(WEBHOOK_ENDPOINTS)
                .where(LISTENING)
                .fetch(Record1::value1)
                .stream()
                .flatMap(Arrays::stream)
                .collect(Collectors.toSet());
    }

    /** Writes events, and who is to be told; an endpoint that has gone meanwhile is not. */
    void insert(Collection<Entry> entries) {
        List<Long> ids = sql.insertInto(
                        WEBHOOK_EVENTS,
                        WEBHOOK_EVENTS.TYPE,
                        WEBHOOK_EVENTS.OCCURRED_AT,
                        WEBHOOK_EVENTS.LOG_ID,
                        WEBHOOK_EVENTS.PAYLOAD)
                .valuesOfRows(entries.stream().map(OutboxStore::row).toList())
                .returningResult(WEBHOOK_EVENTS.ID)
                .fetch(Record1::value1);
        sql.insertInto(WEBHOOK_DELIVERIES, WEBHOOK_DELIVERIES.ENDPOINT_ID, WEBHOOK_DELIVERIES.EVENT_ID)
                .select(select(WEBHOOK_ENDPOINTS.ID, WEBHOOK_EVENTS.ID)
                        .from(WEBHOOK_ENDPOINTS)
                        .join(WEBHOOK_EVENTS)
                        .on(WEBHOOK_EVENTS.TYPE.eq(any(WEBHOOK_ENDPOINTS.EVENTS)))
                        .where(WEBHOOK_EVENTS.ID.in(ids))
                        .and(LISTENING)
                        .forKeyShare()
                        .of(WEBHOOK_ENDPOINTS))
                .execute();
    }

    private static Row4<String, Instant, String, JSON> row(Entry entry) {
        return DSL.row(
                DSL.val(entry.type()),
                DSL.val(entry.at()),
                DSL.val(entry.logId().orElse(null), String.class),
                DSL.val(JSON.json(entry.payload())));
    }
}
