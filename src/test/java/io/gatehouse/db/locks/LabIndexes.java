package io.gatehouse.db.locks;

import static io.gatehouse.db.locks.LabChange.change;
import static io.gatehouse.db.locks.LockMode.ACCESS_EXCLUSIVE;
import static io.gatehouse.db.locks.LockMode.SHARE;
import static io.gatehouse.db.locks.LockMode.SHARE_UPDATE_EXCLUSIVE;
import static io.gatehouse.db.locks.Touch.locks;
import static io.gatehouse.db.locks.Touch.scans;

import java.util.List;

/** Indexes, in a transaction and outside. */
final class LabIndexes {

    private static final String CONCURRENTLY = "sql-createindex, Building Indexes Concurrently";
    private static final String REINDEX = "sql-reindex, Notes";
    // Waits for such a transaction, and not for its locks on the table.
    private static final String WRITER = "insert into orders (id) values (-1)";

    private LabIndexes() {}

    static List<LabChange> plain() {
        return List.of(
                change("create index", "explicit-locking, SHARE")
                        .step("create index orders_total_idx on orders (total)", scans("orders", SHARE)),
                change("create unique index", "explicit-locking, SHARE")
                        .step("create unique index on orders (total)", scans("orders", SHARE)),
                change("create index on a partitioned table", "sql-createindex, ONLY: recurses to partitions")
                        .step(
                                "create index on events (note)",
                                locks("events", SHARE),
                                scans("events_0", SHARE),
                                scans("events_1", SHARE)),
                change("create index on a partitioned table only", "sql-createindex, ONLY")
                        .step("create index on only events (note)", locks("events", SHARE)),
                change("attach an index to that of a partitioned table", "sql-alterindex; ATExecAttachPartitionIdx")
                        .given("create index events_note_idx on only events (note)")
                        .given("create index events_1_note_idx on events_1 (note)")
                        .step(
                                "alter index events_note_idx attach partition events_1_note_idx",
                                locks("events", SHARE_UPDATE_EXCLUSIVE),
                                locks("events_1", ACCESS_EXCLUSIVE)),
                change("drop index", "sql-dropindex, CONCURRENTLY: ACCESS EXCLUSIVE on the table else")
                        .step("drop index orders_status_idx", locks("orders", ACCESS_EXCLUSIVE)),
                change("rename index", "sql-alterindex, RENAME")
                        .step(
                                "alter index orders_status_idx rename to status_idx",
                                locks("orders", SHARE_UPDATE_EXCLUSIVE)),
                // Every plan takes ACCESS SHARE on all indexes of its tables: reads wait for one index, too.
                change("reindex index", REINDEX + ": ACCESS EXCLUSIVE on the index")
                        .step("reindex index orders_status_idx", scans("orders", ACCESS_EXCLUSIVE)),
                change("reindex table", REINDEX).step("reindex table orders", scans("orders", ACCESS_EXCLUSIVE)));
    }

    static List<LabChange> concurrent() {
        return List.of(
                change("create index concurrently", CONCURRENTLY)
                        .held(
                                WRITER,
                                "create index concurrently orders_total_idx on orders (total)",
                                scans("orders", SHARE_UPDATE_EXCLUSIVE)),
                change("create index concurrently, as this house does", CONCURRENTLY)
                        .step("set lock_timeout = 0")
                        .step("drop index if exists orders_total_idx")
                        .held(
                                WRITER,
                                "create index concurrently orders_total_idx on orders (total)",
                                scans("orders", SHARE_UPDATE_EXCLUSIVE)),
                change("drop index concurrently", "sql-dropindex, CONCURRENTLY")
                        .held(
                                WRITER,
                                "drop index concurrently orders_status_idx",
                                locks("orders", SHARE_UPDATE_EXCLUSIVE)),
                change("reindex concurrently", "sql-reindex, Rebuilding Indexes Concurrently")
                        .held(
                                WRITER,
                                "reindex index concurrently orders_status_idx",
                                scans("orders", SHARE_UPDATE_EXCLUSIVE)));
    }
}
