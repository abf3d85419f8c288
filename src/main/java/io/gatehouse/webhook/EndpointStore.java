package io.gatehouse.webhook;

import static io.gatehouse.db.gen.Tables.WEBHOOK_DELIVERIES;
import static io.gatehouse.db.gen.Tables.WEBHOOK_ENDPOINTS;
import static java.util.Objects.requireNonNull;
import static org.jooq.impl.DSL.exists;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.selectOne;
import static org.jooq.impl.DSL.val;
import static org.jooq.impl.DSL.when;

import io.gatehouse.crypto.KeyRing.Sealed;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record1;
import org.jooq.Records;
import org.jspecify.annotations.Nullable;

/**
 * Endpoints and the leases of whoever sends to them, in PostgreSQL, whose clock alone decides. Lives for one piece of work
 * on one connection.
 */
final class EndpointStore {

    /** The statement's own time: a transaction that waited for a lock began in the past. */
    static final Field<Instant> NOW = field("clock_timestamp()", Instant.class);

    /** For a look that waits for no lock: an index can be searched by it, because it stands still. */
    static final Field<Instant> LOOK = field("statement_timestamp()", Instant.class);

    private static final Condition OVERLAPPING = WEBHOOK_ENDPOINTS.PREVIOUS_UNTIL.gt(NOW);

    private final DSLContext sql;

    EndpointStore(DSLContext sql) {
        this.sql = sql;
    }

    /**
     * The secrets of an endpoint as they are stored.
     *
     * @param previous null when the last one is over
     */
    record Sealings(long endpoint, Sealed current, @Nullable Sealed previous) {}

    /** The right to send to one endpoint, for as long as the fence stands. */
    record Claim(long endpoint, long fence, URI url, Sealings secrets) {}

    void insert(Endpoint endpoint, Sealed secret) {
        sql.insertInto(WEBHOOK_ENDPOINTS)
                .set(WEBHOOK_ENDPOINTS.ID, endpoint.id())
                .set(WEBHOOK_ENDPOINTS.URL, endpoint.url().toString())
                .set(WEBHOOK_ENDPOINTS.EVENTS, endpoint.events().toArray(String[]::new))
                .set(WEBHOOK_ENDPOINTS.STATUS, endpoint.status().text())
                .set(WEBHOOK_ENDPOINTS.SECRET, secret.payload())
                .set(WEBHOOK_ENDPOINTS.SECRET_KEY_ID, secret.keyId())
                .set(WEBHOOK_ENDPOINTS.CREATED_AT, endpoint.createdAt())
                .execute();
    }

    int count() {
        return sql.fetchCount(WEBHOOK_ENDPOINTS);
    }

    List<Endpoint> list() {
        return sql.select(
                        WEBHOOK_ENDPOINTS.ID,
                        WEBHOOK_ENDPOINTS.URL,
                        WEBHOOK_ENDPOINTS.EVENTS,
                        WEBHOOK_ENDPOINTS.STATUS,
                        WEBHOOK_ENDPOINTS.CREATED_AT,
                        WEBHOOK_ENDPOINTS.FAILING_SINCE)
                .from(WEBHOOK_ENDPOINTS)
                .orderBy(WEBHOOK_ENDPOINTS.ID)
                .fetch(Records.mapping((id, url, events, status, created, failing) -> new Endpoint(
                        id,
                        URI.create(url),
                        List.of(events),
                        Endpoint.Status.of(status),
                        created,
                        Optional.ofNullable(failing))));
    }

    /** Whether there is such an endpoint. One that is active again has a clean record. */
    boolean changeStatus(long id, Endpoint.Status status) {
        return sql.update(WEBHOOK_ENDPOINTS)
                        .set(WEBHOOK_ENDPOINTS.STATUS, status.text())
                        .setNull(WEBHOOK_ENDPOINTS.FAILING_SINCE)
                        .where(WEBHOOK_ENDPOINTS.ID.eq(id))
                        .execute()
                == 1;
    }

    /** Takes its deliveries with it. */
    boolean delete(long id) {
        return sql.deleteFrom(WEBHOOK_ENDPOINTS)
                        .where(WEBHOOK_ENDPOINTS.ID.eq(id))
                        .execute()
                == 1;
    }

    /** Whether there is such an endpoint; what was its secret signs, too, for a while. */
    boolean rotate(long id, Sealed secret, Duration overlap) {
        return sql.update(WEBHOOK_ENDPOINTS)
                        .set(WEBHOOK_ENDPOINTS.PREVIOUS_SECRET, WEBHOOK_ENDPOINTS.SECRET)
                        .set(WEBHOOK_ENDPOINTS.PREVIOUS_KEY_ID, WEBHOOK_ENDPOINTS.SECRET_KEY_ID)
                        .set(WEBHOOK_ENDPOINTS.PREVIOUS_UNTIL, after(overlap))
                        .set(WEBHOOK_ENDPOINTS.SECRET, secret.payload())
                        .set(WEBHOOK_ENDPOINTS.SECRET_KEY_ID, secret.keyId())
                        .where(WEBHOOK_ENDPOINTS.ID.eq(id))
                        .execute()
                == 1;
    }

    /** Locks and gives back the secrets that are sealed with another key than this. */
    List<Sealings> sealedOtherwise(String keyId) {
        return sql.select(
                        WEBHOOK_ENDPOINTS.ID,
                        WEBHOOK_ENDPOINTS.SECRET_KEY_ID,
                        WEBHOOK_ENDPOINTS.SECRET,
                        WEBHOOK_ENDPOINTS.PREVIOUS_KEY_ID,
                        WEBHOOK_ENDPOINTS.PREVIOUS_SECRET)
                .from(WEBHOOK_ENDPOINTS)
                .where(WEBHOOK_ENDPOINTS.SECRET_KEY_ID.ne(keyId).or(WEBHOOK_ENDPOINTS.PREVIOUS_KEY_ID.ne(keyId)))
                .orderBy(WEBHOOK_ENDPOINTS.ID)
                .forNoKeyUpdate()
                .fetch(Records.mapping(EndpointStore::sealings));
    }

    void reseal(Sealings secrets) {
        Sealed previous = secrets.previous();
        sql.update(WEBHOOK_ENDPOINTS)
                .set(WEBHOOK_ENDPOINTS.SECRET, secrets.current().payload())
                .set(WEBHOOK_ENDPOINTS.SECRET_KEY_ID, secrets.current().keyId())
                .set(WEBHOOK_ENDPOINTS.PREVIOUS_SECRET, previous == null ? null : previous.payload())
                .set(WEBHOOK_ENDPOINTS.PREVIOUS_KEY_ID, previous == null ? null : previous.keyId())
                .set(
                        WEBHOOK_ENDPOINTS.PREVIOUS_UNTIL,
                        previous == null ? val((Instant) null) : WEBHOOK_ENDPOINTS.PREVIOUS_UNTIL)
                .where(WEBHOOK_ENDPOINTS.ID.eq(secrets.endpoint()))
                .execute();
    }

    /** Forgets secrets whose time is over. */
    void forgetPrevious() {
        sql.update(WEBHOOK_ENDPOINTS)
                .setNull(WEBHOOK_ENDPOINTS.PREVIOUS_SECRET)
                .setNull(WEBHOOK_ENDPOINTS.PREVIOUS_KEY_ID)
                .setNull(WEBHOOK_ENDPOINTS.PREVIOUS_UNTIL)
                .where(WEBHOOK_ENDPOINTS.PREVIOUS_UNTIL.lt(NOW))
                .execute();
    }

    /** Takes an endpoint to which something is to be sent and nobody sends. */
    Optional<Claim> claim(Duration lease) {
        return sql.select(WEBHOOK_ENDPOINTS.ID)
                .from(WEBHOOK_ENDPOINTS)
                .where(WEBHOOK_ENDPOINTS.STATUS.eq(Endpoint.Status.ACTIVE.text()))
                .and(WEBHOOK_ENDPOINTS.LEASED_UNTIL.lt(LOOK))
                .and(due())
                .orderBy(WEBHOOK_ENDPOINTS.LEASED_UNTIL)
                .limit(1)
                .forNoKeyUpdate()
                .skipLocked()
                .fetchOptional(WEBHOOK_ENDPOINTS.ID)
                .map(id -> take(id, lease));
    }

    /** The first in line may be tried, or one beside the line. */
    private static Condition due() {
        var head = select(WEBHOOK_DELIVERIES.NEXT_AT)
                .from(WEBHOOK_DELIVERIES)
                .where(WEBHOOK_DELIVERIES.ENDPOINT_ID.eq(WEBHOOK_ENDPOINTS.ID))
                .and(WEBHOOK_DELIVERIES.STATE.eq(Delivery.State.WAITING.text()))
                .orderBy(WEBHOOK_DELIVERIES.EVENT_ID)
                .limit(1);
        var parked = selectOne()
                .from(WEBHOOK_DELIVERIES)
                .where(WEBHOOK_DELIVERIES.ENDPOINT_ID.eq(WEBHOOK_ENDPOINTS.ID))
                .and(WEBHOOK_DELIVERIES.STATE.eq(Delivery.State.PARKED.text()))
                .and(WEBHOOK_DELIVERIES.NEXT_AT.le(LOOK));
        return field(head).le(LOOK).or(exists(parked));
    }

    private Claim take(long id, Duration lease) {
        return sql.update(WEBHOOK_ENDPOINTS)
                .set(WEBHOOK_ENDPOINTS.FENCE, WEBHOOK_ENDPOINTS.FENCE.plus(1))
                .set(WEBHOOK_ENDPOINTS.LEASED_UNTIL, after(lease))
                .where(WEBHOOK_ENDPOINTS.ID.eq(id))
                .returningResult(
                        WEBHOOK_ENDPOINTS.FENCE,
                        WEBHOOK_ENDPOINTS.URL,
                        WEBHOOK_ENDPOINTS.SECRET_KEY_ID,
                        WEBHOOK_ENDPOINTS.SECRET,
                        when(OVERLAPPING, WEBHOOK_ENDPOINTS.PREVIOUS_KEY_ID),
                        when(OVERLAPPING, WEBHOOK_ENDPOINTS.PREVIOUS_SECRET))
                .fetchSingle(Records.mapping((fence, url, keyId, secret, previousKeyId, previous) ->
                        new Claim(id, fence, URI.create(url), sealings(id, keyId, secret, previousKeyId, previous))));
    }

    /** Keeps the claim for longer, and tells how the endpoint stands; empty when another has taken it. */
    Optional<Endpoint.Status> renew(Claim claim, Duration lease) {
        return sql.update(WEBHOOK_ENDPOINTS)
                .set(WEBHOOK_ENDPOINTS.LEASED_UNTIL, after(lease))
                .where(WEBHOOK_ENDPOINTS.ID.eq(claim.endpoint()))
                .and(WEBHOOK_ENDPOINTS.FENCE.eq(claim.fence()))
                .returningResult(WEBHOOK_ENDPOINTS.STATUS)
                .fetchOptional(Record1::value1)
                .map(Endpoint.Status::of);
    }

    /** Lets others send after some time. */
    void release(Claim claim, Duration rest) {
        sql.update(WEBHOOK_ENDPOINTS)
                .set(WEBHOOK_ENDPOINTS.LEASED_UNTIL, after(rest))
                .where(WEBHOOK_ENDPOINTS.ID.eq(claim.endpoint()))
                .and(WEBHOOK_ENDPOINTS.FENCE.eq(claim.fence()))
                .execute();
    }

    /** Notes success, or the first failure after one. */
    void note(long id, boolean success) {
        sql.update(WEBHOOK_ENDPOINTS)
                .set(WEBHOOK_ENDPOINTS.FAILING_SINCE, success ? val((Instant) null) : NOW)
                .where(WEBHOOK_ENDPOINTS.ID.eq(id))
                .and(success ? WEBHOOK_ENDPOINTS.FAILING_SINCE.isNotNull() : WEBHOOK_ENDPOINTS.FAILING_SINCE.isNull())
                .execute();
    }

    /** Gives up on an endpoint that has failed for so long; whether it was given up just now. */
    boolean disableIfFailingFor(long id, Duration time) {
        return disable(WEBHOOK_ENDPOINTS.ID.eq(id).and(WEBHOOK_ENDPOINTS.FAILING_SINCE.lt(after(time.negated()))));
    }

    /** Gives up on an endpoint; whether it was given up just now. */
    boolean disable(long id) {
        return disable(WEBHOOK_ENDPOINTS.ID.eq(id));
    }

    private boolean disable(Condition which) {
        return sql.update(WEBHOOK_ENDPOINTS)
                        .set(WEBHOOK_ENDPOINTS.STATUS, Endpoint.Status.DISABLED.text())
                        .where(which)
                        .and(WEBHOOK_ENDPOINTS.STATUS.ne(Endpoint.Status.DISABLED.text()))
                        .execute()
                == 1;
    }

    /** The time by the database's clock, moved. */
    static Field<Instant> after(Duration time) {
        return field("clock_timestamp() + {0} * interval '1 millisecond'", Instant.class, val(time.toMillis()));
    }

    private static Sealings sealings(
            long id, String keyId, byte[] secret, @Nullable String previousKeyId, byte @Nullable [] previous) {
        return new Sealings(
                id,
                new Sealed(keyId, secret),
                previousKeyId == null ? null : new Sealed(previousKeyId, requireNonNull(previous)));
    }
}
