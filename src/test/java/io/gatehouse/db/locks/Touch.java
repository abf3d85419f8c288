package io.gatehouse.db.locks;

import java.util.EnumSet;
import java.util.Set;

/**
 * What a statement of the lab does to a table, view or sequence that was there before, written down by hand.
 *
 * @param lock the strongest that the statement takes by itself; locks on its indexes count for a table
 * @param rewritten whether all rows are written anew; implies that they are read
 * @param scanned whether it is read as a whole: by a validation, the build of an index, DML without an index
 * @param rowsLocked whether another's UPDATE waits for rows, whatever the lock of the table (manual, 13.3.2)
 */
record Touch(String table, LockMode lock, boolean rewritten, boolean scanned, boolean rowsLocked) {

    // Manual, 13.3.1, table 13.2: what conflicts with ACCESS SHARE (a SELECT) and with ROW EXCLUSIVE (INSERT, UPDATE).
    private static final Set<LockMode> AGAINST_READS = EnumSet.of(LockMode.ACCESS_EXCLUSIVE);
    private static final Set<LockMode> AGAINST_WRITES =
            EnumSet.of(LockMode.SHARE, LockMode.SHARE_ROW_EXCLUSIVE, LockMode.EXCLUSIVE, LockMode.ACCESS_EXCLUSIVE);

    static Touch locks(String table, LockMode lock) {
        return new Touch(table, lock, false, false, false);
    }

    static Touch scans(String table, LockMode lock) {
        return new Touch(table, lock, false, true, false);
    }

    static Touch rewrites(String table, LockMode lock) {
        return new Touch(table, lock, true, true, false);
    }

    Touch lockingRows() {
        return new Touch(table, lock, rewritten, scanned, true);
    }

    static boolean blocksReads(LockMode lock) {
        return AGAINST_READS.contains(lock);
    }

    static boolean blocksWrites(LockMode lock) {
        return AGAINST_WRITES.contains(lock);
    }
}
