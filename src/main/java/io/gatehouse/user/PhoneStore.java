package io.gatehouse.user;

import static io.gatehouse.db.gen.Tables.USERS;
import static org.jooq.impl.DSL.row;
import static org.jooq.impl.DSL.selectOne;

import io.gatehouse.crypto.KeyRing.Sealed;
import java.util.ArrayList;
import java.util.List;
import org.jooq.DSLContext;
import org.jooq.Records;

/** Sealed telephone numbers by the key that sealed them. Lives for one piece of work on one connection. */
final class PhoneStore {

    private final DSLContext sql;

    PhoneStore(DSLContext sql) {
        this.sql = sql;
    }

    /** An account's number. */
    record Row(long id, SealedPhone phone) {}

    /** How many rows a key has sealed, as far as that can be told quickly. */
    long count(String keyId, int most) {
        return sql.fetchCount(
                selectOne().from(USERS).where(USERS.PHONE_KEY_ID.eq(keyId)).limit(most));
    }

    /**
     * The next rows that a key has sealed, in order of their ids. Written as one range of the index over key and id:
     * with two conditions PostgreSQL walks the primary key, past all that has been done.
     */
    List<Row> sealedWith(String keyId, long after, int limit) {
        return sql.select(USERS.ID, USERS.PHONE_KEY_ID, USERS.PHONE_SEALED, USERS.PHONE_INDEX)
                .from(USERS)
                .where(row(USERS.PHONE_KEY_ID, USERS.ID).gt(keyId, after))
                .and(USERS.PHONE_KEY_ID.le(keyId))
                .orderBy(USERS.PHONE_KEY_ID, USERS.ID)
                .limit(limit)
                .fetch(Records.mapping(
                        (id, key, payload, index) -> new Row(id, new SealedPhone(new Sealed(key, payload), index))));
    }

    /** Unless the row has changed since it was read; false then. */
    boolean replace(Row row, SealedPhone renewed) {
        return sql.update(USERS)
                        .set(USERS.PHONE_SEALED, renewed.sealed().payload())
                        .set(USERS.PHONE_INDEX, renewed.index())
                        .set(USERS.PHONE_KEY_ID, renewed.sealed().keyId())
                        .where(USERS.ID.eq(row.id()))
                        .and(USERS.PHONE_SEALED.eq(row.phone().sealed().payload()))
                        .execute()
                > 0;
    }

    /** Keys that rows name and that are none of these; each found by one step through the index. */
    List<String> otherKeys(String current, List<String> previous) {
        List<String> others = new ArrayList<>();
        String after = "";
        while (true) {
            String next = sql.select(USERS.PHONE_KEY_ID)
                    .from(USERS)
                    .where(USERS.PHONE_KEY_ID.gt(after))
                    .orderBy(USERS.PHONE_KEY_ID)
                    .limit(1)
                    .fetchOne(USERS.PHONE_KEY_ID);
            if (next == null) {
                return others;
            }
            if (!next.equals(current) && !previous.contains(next)) {
                others.add(next);
            }
            after = next;
        }
    }
}
