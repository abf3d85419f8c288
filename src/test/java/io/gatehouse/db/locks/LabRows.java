package io.gatehouse.db.locks;

import static io.gatehouse.db.locks.LabChange.change;
import static io.gatehouse.db.locks.LockMode.ACCESS_EXCLUSIVE;
import static io.gatehouse.db.locks.LockMode.ACCESS_SHARE;
import static io.gatehouse.db.locks.LockMode.ROW_EXCLUSIVE;
import static io.gatehouse.db.locks.LockMode.ROW_SHARE;
import static io.gatehouse.db.locks.LockMode.SHARE;
import static io.gatehouse.db.locks.Touch.locks;
import static io.gatehouse.db.locks.Touch.scans;

import java.util.List;

/** Rows read and written by a changeset. */
final class LabRows {

    private static final String WRITES = "explicit-locking, ROW EXCLUSIVE";
    private static final String KEYS = WRITES + "; ri_triggers.c asks the other table for key share";

    private LabRows() {}

    static List<LabChange> written() {
        return List.of(
                change("insert", WRITES).step("insert into orders (id) values (9001)", locks("orders", ROW_EXCLUSIVE)),
                change("insert that refers to another", KEYS)
                        .step(
                                "insert into invoice_lines (id, invoice_id) values (9001, 7)",
                                locks("invoice_lines", ROW_EXCLUSIVE),
                                locks("invoices", ROW_SHARE)),
                change("backfill, a range of the primary key", WRITES)
                        .step(
                                "update orders set note = 'old' where id between 1001 and 1100",
                                locks("orders", ROW_EXCLUSIVE)),
                change("backfill, all rows", WRITES + "; 13.3.2, FOR NO KEY UPDATE")
                        .step(
                                "update orders set note = 'old'",
                                scans("orders", ROW_EXCLUSIVE).lockingRows()),
                change("backfill, a condition without an index", WRITES)
                        .step("update orders set note = 'none' where note is null", scans("orders", ROW_EXCLUSIVE)),
                change("add column and fill it", WRITES + "; 13.3: locks are held to the end")
                        .step("alter table orders add column coupon text", locks("orders", ACCESS_EXCLUSIVE))
                        .step(
                                "update orders set coupon = '' where coupon is null",
                                scans("orders", ROW_EXCLUSIVE).lockingRows()),
                change("delete, by the primary key", WRITES)
                        .step("delete from orders where id = 2500", locks("orders", ROW_EXCLUSIVE)));
    }

    static List<LabChange> related() {
        return List.of(
                change("delete what may be referenced, no index", KEYS + "; ddl-constraints, Foreign Keys: a scan")
                        .step(
                                "delete from invoices where id = 1500",
                                locks("invoices", ROW_EXCLUSIVE),
                                scans("invoice_lines", ROW_SHARE)),
                change("delete what may be referenced, indexed", KEYS)
                        .given("create index on invoice_lines (invoice_id)")
                        .step(
                                "delete from invoices where id = 1500",
                                locks("invoices", ROW_EXCLUSIVE),
                                locks("invoice_lines", ROW_SHARE)),
                change("delete with what refers to it", KEYS + ", or deletes there: ON DELETE CASCADE")
                        .given("create index on invoice_lines (invoice_id)")
                        .given("alter table invoice_lines drop constraint invoice_lines_invoice_fkey,"
                                + " add foreign key (invoice_id) references invoices on delete cascade")
                        .step(
                                "delete from invoices where id = 700",
                                locks("invoices", ROW_EXCLUSIVE),
                                locks("invoice_lines", ROW_EXCLUSIVE)));
    }

    static List<LabChange> read() {
        return List.of(
                change("select", "explicit-locking, ACCESS SHARE")
                        .step("select count(total) from orders", scans("orders", ACCESS_SHARE)),
                change("select through a view", "explicit-locking, ACCESS SHARE; rules-views")
                        .step(
                                "select count(note) from customer_names",
                                locks("customer_names", ACCESS_SHARE),
                                scans("customers", ACCESS_SHARE)),
                change("select for update, by the primary key", "explicit-locking, ROW SHARE")
                        .step("select 1 from orders where id = 2500 for update", locks("orders", ROW_SHARE)),
                change("lock table", "sql-lock").step("lock table orders in share mode", locks("orders", SHARE)),
                change("setval", "functions-sequence; lock_and_open_sequence: ROW EXCLUSIVE")
                        .step("select setval('ticket_numbers', 100)", locks("ticket_numbers", ROW_EXCLUSIVE)));
    }
}
