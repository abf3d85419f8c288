package io.gatehouse.db.locks;

import static io.gatehouse.db.locks.LabChange.change;
import static io.gatehouse.db.locks.LockMode.ACCESS_EXCLUSIVE;
import static io.gatehouse.db.locks.LockMode.SHARE_UPDATE_EXCLUSIVE;
import static io.gatehouse.db.locks.Touch.locks;
import static io.gatehouse.db.locks.Touch.scans;

import java.util.List;

/** Partitions of {@code events}. */
final class LabPartitions {

    private static final String ATTACHED = "sql-altertable, ATTACH PARTITION";
    private static final String DETACHED = "sql-altertable, DETACH PARTITION";
    private static final String ATTACH =
            "alter table events attach partition events_next for values from (4000) to (6000)";

    private LabPartitions() {}

    static List<LabChange> all() {
        return List.of(
                change("attach partition", ATTACHED)
                        .step(ATTACH, locks("events", SHARE_UPDATE_EXCLUSIVE), scans("events_next", ACCESS_EXCLUSIVE)),
                change("attach partition, proven by a check", ATTACHED + ": the scan is skipped")
                        .given("alter table events_next add check (id >= 4000 and id < 6000)")
                        .step(ATTACH, locks("events", SHARE_UPDATE_EXCLUSIVE), locks("events_next", ACCESS_EXCLUSIVE)),
                change("attach partition beside a default one", ATTACHED + ": it is locked and scanned")
                        .given("create table events_rest partition of events default")
                        .given("insert into events select i, 'note' from generate_series(9001, 10900) i")
                        .step(
                                ATTACH,
                                locks("events", SHARE_UPDATE_EXCLUSIVE),
                                scans("events_next", ACCESS_EXCLUSIVE),
                                scans("events_rest", ACCESS_EXCLUSIVE)),
                change("create partition", "sql-createtable, PARTITION OF")
                        .step(
                                "create table events_2 partition of events for values from (4000) to (6000)",
                                locks("events", ACCESS_EXCLUSIVE)),
                change("set not null on a partitioned table", "sql-altertable, SET NOT NULL")
                        .step(
                                "alter table events alter note set not null",
                                locks("events", ACCESS_EXCLUSIVE),
                                scans("events_0", ACCESS_EXCLUSIVE),
                                scans("events_1", ACCESS_EXCLUSIVE)),
                change("detach partition", DETACHED)
                        .step(
                                "alter table events detach partition events_1",
                                locks("events", ACCESS_EXCLUSIVE),
                                locks("events_1", ACCESS_EXCLUSIVE)),
                // Held up in its second transaction, where the partition's lock is the stronger.
                change("detach partition concurrently", DETACHED + ", CONCURRENTLY")
                        .held(
                                "select 1 from events_1 limit 1",
                                "alter table events detach partition events_1 concurrently",
                                locks("events", SHARE_UPDATE_EXCLUSIVE),
                                locks("events_1", ACCESS_EXCLUSIVE)));
    }
}
