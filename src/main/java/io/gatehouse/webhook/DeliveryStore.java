package io.gatehouse.webhook;

import static io.gatehouse.db.gen.Tables.WEBHOOK_DELIVERIES;
import static io.gatehouse.db.gen.Tables.WEBHOOK_ENDPOINTS;
import static io.gatehouse.db.gen.Tables.WEBHOOK_EVENTS;
import static org.jooq.impl.DSL.noCondition;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.selectOne;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Records;

/** Deliveries in PostgreSQL, whose clock alone decides what is due. Lives for one piece of work on one connection. */
final class DeliveryStore {

    private static final Condition WAITING = WEBHOOK_DELIVERIES.STATE.eq(Delivery.State.WAITING.text());
    private static final Condition PARKED = WEBHOOK_DELIVERIES.STATE.eq(Delivery.State.PARKED.text());

    private final DSLContext sql;

    DeliveryStore(DSLContext sql) {
        this.sql = sql;
    }

    /**
     * A delivery that may be tried now.
     *
     * @param attempts so far
     * @param parked whether it stands beside the line
     * @param logId of the request in which it happened
     */
    record Due(long endpoint, long event, int attempts, boolean parked, Optional<String> logId, Message message) {}

    /** One beside the line, if its time has come; else the first in line. */
    Optional<Due> nextWithParkedFirst(long endpoint) {
        return due(endpoint, PARKED, true).or(() -> next(endpoint));
    }

    /** The first in line, if its time has come; else one beside the line. */
    Optional<Due> next(long endpoint) {
        var head = select(WEBHOOK_DELIVERIES.EVENT_ID)
                .from(WEBHOOK_DELIVERIES)
                .where(WEBHOOK_DELIVERIES.ENDPOINT_ID.eq(endpoint))
                .and(WAITING)
                .orderBy(WEBHOOK_DELIVERIES.EVENT_ID)
                .limit(1);
        return due(endpoint, WEBHOOK_DELIVERIES.EVENT_ID.eq(head), false).or(() -> due(endpoint, PARKED, true));
    }

    private Optional<Due> due(long endpoint, Condition which, boolean parked) {
        return sql.select(
                        WEBHOOK_DELIVERIES.EVENT_ID,
                        WEBHOOK_DELIVERIES.ATTEMPTS,
                        WEBHOOK_EVENTS.OCCURRED_AT,
                        WEBHOOK_EVENTS.LOG_ID,
                        WEBHOOK_EVENTS.PAYLOAD)
                .from(WEBHOOK_DELIVERIES)
                .join(WEBHOOK_EVENTS)
                .on(WEBHOOK_EVENTS.ID.eq(WEBHOOK_DELIVERIES.EVENT_ID))
                .where(WEBHOOK_DELIVERIES.ENDPOINT_ID.eq(endpoint))
                .and(which)
                .and(WEBHOOK_DELIVERIES.NEXT_AT.le(EndpointStore.LOOK))
                .orderBy(WEBHOOK_DELIVERIES.NEXT_AT, WEBHOOK_DELIVERIES.EVENT_ID)
                .limit(1)
                .fetchOptional(Records.mapping((event, attempts, at, logId, payload) -> new Due(
                        endpoint,
                        event,
                        attempts,
                        parked,
                        Optional.ofNullable(logId),
                        Message.of(event, at, payload.data()))));
    }

    /** Notes what became of an attempt. */
    void record(Due due, Delivery.State state, Duration untilNext, String result) {
        sql.update(WEBHOOK_DELIVERIES)
                .set(WEBHOOK_DELIVERIES.STATE, state.text())
                .set(WEBHOOK_DELIVERIES.ATTEMPTS, due.attempts() + 1)
                .set(WEBHOOK_DELIVERIES.NEXT_AT, EndpointStore.after(untilNext))
                .set(WEBHOOK_DELIVERIES.LAST_AT, EndpointStore.NOW)
                .set(WEBHOOK_DELIVERIES.LAST_RESULT, result)
                .where(WEBHOOK_DELIVERIES.ENDPOINT_ID.eq(due.endpoint()))
                .and(WEBHOOK_DELIVERIES.EVENT_ID.eq(due.event()))
                // Else an operator has had it sent again meanwhile.
                .and(WEBHOOK_DELIVERIES.ATTEMPTS.eq(due.attempts()))
                .execute();
    }

    /** Deliveries of an endpoint, the latest events first. */
    List<Delivery> list(long endpoint, Optional<Delivery.State> state, int most) {
        return sql.select(
                        WEBHOOK_DELIVERIES.ENDPOINT_ID,
                        WEBHOOK_DELIVERIES.EVENT_ID,
                        WEBHOOK_EVENTS.TYPE,
                        WEBHOOK_DELIVERIES.STATE,
                        WEBHOOK_DELIVERIES.ATTEMPTS,
                        WEBHOOK_DELIVERIES.NEXT_AT,
                        WEBHOOK_DELIVERIES.LAST_AT,
                        WEBHOOK_DELIVERIES.LAST_RESULT)
                .from(WEBHOOK_DELIVERIES)
                .join(WEBHOOK_EVENTS)
                .on(WEBHOOK_EVENTS.ID.eq(WEBHOOK_DELIVERIES.EVENT_ID))
                .where(WEBHOOK_DELIVERIES.ENDPOINT_ID.eq(endpoint))
                .and(state.map(it -> WEBHOOK_DELIVERIES.STATE.eq(it.text())).orElse(noCondition()))
                .orderBy(WEBHOOK_DELIVERIES.EVENT_ID.desc())
                .limit(most)
                .fetch(Records.mapping((id, event, type, now, attempts, next, last, result) -> new Delivery(
                        id,
                        event,
                        type,
                        Delivery.State.of(now),
                        attempts,
                        next,
                        Optional.ofNullable(last),
                        Optional.ofNullable(result))));
    }

    /**
     * Has an event, or all that were given up or parked, sent again with all attempts ahead, beside the line: they were no
     * use in it. How many there are.
     */
    int repeat(long endpoint, Optional<Long> event) {
        Condition which = event.map(WEBHOOK_DELIVERIES.EVENT_ID::eq)
                .orElse(WEBHOOK_DELIVERIES.STATE.in(Delivery.State.FAILED.text(), Delivery.State.PARKED.text()));
        return sql.update(WEBHOOK_DELIVERIES)
                .set(WEBHOOK_DELIVERIES.STATE, Delivery.State.PARKED.text())
                .set(WEBHOOK_DELIVERIES.ATTEMPTS, 0)
                .set(WEBHOOK_DELIVERIES.NEXT_AT, EndpointStore.NOW)
                .where(WEBHOOK_DELIVERIES.ENDPOINT_ID.eq(endpoint))
                .and(which)
                .execute();
    }

    /** How many are to be delivered yet, to endpoints that were not given up; counted up to a bound. */
    int backlog(int most) {
        return sql.fetchCount(selectOne()
                .from(WEBHOOK_ENDPOINTS)
                .join(WEBHOOK_DELIVERIES)
                .on(WEBHOOK_DELIVERIES.ENDPOINT_ID.eq(WEBHOOK_ENDPOINTS.ID))
                .where(WEBHOOK_ENDPOINTS.STATUS.ne(Endpoint.Status.DISABLED.text()))
                .and(WAITING.or(PARKED))
                .limit(most));
    }

    /** Deletes so many deliveries of an endpoint. */
    int delete(long endpoint, int most) {
        return sql.deleteFrom(WEBHOOK_DELIVERIES)
                .where(WEBHOOK_DELIVERIES.ENDPOINT_ID.eq(endpoint))
                .and(WEBHOOK_DELIVERIES.EVENT_ID.in(select(WEBHOOK_DELIVERIES.EVENT_ID)
                        .from(WEBHOOK_DELIVERIES)
                        .where(WEBHOOK_DELIVERIES.ENDPOINT_ID.eq(endpoint))
                        .limit(most)))
                .execute();
    }

    /** Deletes so many events that happened before a time, with their deliveries. */
    int purge(Instant before, int most) {
        return sql.deleteFrom(WEBHOOK_EVENTS)
                .where(WEBHOOK_EVENTS.ID.in(select(WEBHOOK_EVENTS.ID)
                        .from(WEBHOOK_EVENTS)
                        .where(WEBHOOK_EVENTS.OCCURRED_AT.lt(before))
                        .limit(most)
                        .forUpdate()
                        .skipLocked()))
                .execute();
    }
}
