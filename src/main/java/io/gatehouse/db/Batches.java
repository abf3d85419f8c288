package io.gatehouse.db;

import org.jooq.DSLContext;

/** Deletes many rows in short transactions, so that nobody waits long for a lock and vacuum keeps up. Stateless. */
public final class Batches {

    private static final int ROWS = 1000;

    /** Bounds one run; what is left is left to the next. */
    private static final int MOST = 500;

    private Batches() {}

    /** Deletes at most so many rows, and tells how many there were. */
    @FunctionalInterface
    public interface Deletion {
        /** Runs one statement. */
        int apply(DSLContext sql, int most);
    }

    /**
     * Repeats a deletion until it finds less than a full batch.
     *
     * @return how many rows have gone
     */
    public static long delete(Transactions transactions, Deletion deletion) {
        long total = 0;
        for (int i = 0; i < MOST; i++) {
            int deleted = transactions.tx(sql -> deletion.apply(sql, ROWS));
            total += deleted;
            if (deleted < ROWS) {
                break;
            }
        }
        return total;
    }
}
