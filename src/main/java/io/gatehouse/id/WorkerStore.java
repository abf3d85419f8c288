package io.gatehouse.id;

import static io.gatehouse.db.gen.Tables.ID_WORKERS;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.greatest;
import static org.jooq.impl.DSL.val;
import static org.jooq.impl.DSL.when;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record3;
import org.jooq.SelectConditionStep;

/** Worker numbers and their leases in PostgreSQL, whose clock decides when a lease is over. */
final class WorkerStore {

    /** The statement's own time: a transaction that waited for a lock began in the past. */
    private static final Field<Instant> NOW = field("clock_timestamp()", Instant.class);

    private final DSLContext sql;
    private final UUID holder;

    /** @param holder who asks */
    WorkerStore(DSLContext sql, UUID holder) {
        this.sql = sql;
        this.holder = holder;
    }

    /**
     * A row as it was found.
     *
     * @param holder name of another who has it now; empty when it is free or ours
     * @param idsUntil where the ids of the next holder begin
     */
    record Row(int worker, Optional<String> holder, Instant idsUntil) {}

    /**
     * Locks the free row whose last ids lie furthest back, the high numbers first: a Node service that still runs has
     * number 1. Rows that others are about to take are passed over.
     */
    Optional<Row> lockFree() {
        return rows(ID_WORKERS.LEASED_UNTIL.lt(NOW))
                .orderBy(ID_WORKERS.IDS_UNTIL, ID_WORKERS.WORKER.desc())
                .limit(1)
                .forUpdate()
                .skipLocked()
                .fetchOptional(WorkerStore::row);
    }

    /** Locks one row, free or not. */
    Row lock(int worker) {
        return rows(ID_WORKERS.WORKER.eq((short) worker)).forUpdate().fetchSingle(WorkerStore::row);
    }

    /** Takes a locked row. */
    void take(int worker, String name, Instant idsUntil, Duration lease) {
        sql.update(ID_WORKERS)
                .set(ID_WORKERS.HOLDER, holder)
                .set(ID_WORKERS.HOLDER_NAME, name)
                .set(ID_WORKERS.LEASED_UNTIL, after(lease))
                .set(ID_WORKERS.IDS_UNTIL, idsUntil)
                .where(ID_WORKERS.WORKER.eq((short) worker))
                .execute();
    }

    /** Where ids end now; empty when somebody else has the row. */
    Optional<Instant> renew(int worker, Instant idsUntil, Duration lease) {
        return sql.update(ID_WORKERS)
                .set(ID_WORKERS.LEASED_UNTIL, after(lease))
                .set(ID_WORKERS.IDS_UNTIL, greatest(ID_WORKERS.IDS_UNTIL, val(idsUntil)))
                .where(ID_WORKERS.WORKER.eq((short) worker))
                .and(ID_WORKERS.HOLDER.eq(holder))
                .returning(ID_WORKERS.IDS_UNTIL)
                .fetchOptional(ID_WORKERS.IDS_UNTIL);
    }

    /** Lets the next holder begin at once, right after the last id. */
    void giveBack(int worker, Instant idsUntil) {
        sql.update(ID_WORKERS)
                .setNull(ID_WORKERS.HOLDER)
                .setNull(ID_WORKERS.HOLDER_NAME)
                .set(ID_WORKERS.LEASED_UNTIL, Instant.EPOCH)
                .set(ID_WORKERS.IDS_UNTIL, idsUntil)
                .where(ID_WORKERS.WORKER.eq((short) worker))
                .and(ID_WORKERS.HOLDER.eq(holder))
                .execute();
    }

    private SelectConditionStep<Record3<Short, String, Instant>> rows(Condition condition) {
        Condition others = ID_WORKERS.LEASED_UNTIL.ge(NOW).and(ID_WORKERS.HOLDER.ne(holder));
        return sql.select(ID_WORKERS.WORKER, when(others, ID_WORKERS.HOLDER_NAME), ID_WORKERS.IDS_UNTIL)
                .from(ID_WORKERS)
                .where(condition);
    }

    private static Row row(Record3<Short, String, Instant> found) {
        return new Row(found.value1(), Optional.ofNullable(found.value2()), found.value3());
    }

    private static Field<Instant> after(Duration lease) {
        return field("clock_timestamp() + {0} * interval '1 millisecond'", Instant.class, val(lease.toMillis()));
    }
}
