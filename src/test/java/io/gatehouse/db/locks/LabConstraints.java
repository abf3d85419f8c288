package io.gatehouse.db.locks;

import static io.gatehouse.db.locks.LabChange.change;
import static io.gatehouse.db.locks.LockMode.ACCESS_EXCLUSIVE;
import static io.gatehouse.db.locks.LockMode.ROW_SHARE;
import static io.gatehouse.db.locks.LockMode.SHARE_ROW_EXCLUSIVE;
import static io.gatehouse.db.locks.LockMode.SHARE_UPDATE_EXCLUSIVE;
import static io.gatehouse.db.locks.Touch.locks;
import static io.gatehouse.db.locks.Touch.scans;

import java.util.List;

/** Checks, foreign keys, unique and primary keys. */
final class LabConstraints {

    private static final String NOTED = "sql-altertable, Description";
    private static final String ADDED = NOTED + ", ADD table_constraint";
    private static final String VALIDATED = NOTED + ", VALIDATE CONSTRAINT";
    private static final String READY = NOTED + ", ADD table_constraint_using_index";

    private static final String CHECK = "alter table orders add constraint orders_total_check check (total >= 0)";
    private static final String KEY = "alter table orders add constraint orders_customer_fkey"
            + " foreign key (customer_id) references customers";

    private LabConstraints() {}

    static List<LabChange> checks() {
        return List.of(
                change("check", ADDED + "; Notes").step(CHECK, scans("orders", ACCESS_EXCLUSIVE)),
                change("check, not valid", ADDED + " NOT VALID")
                        .step(CHECK + " not valid", locks("orders", ACCESS_EXCLUSIVE)),
                change("validate check", VALIDATED)
                        .given(CHECK + " not valid")
                        .step(
                                "alter table orders validate constraint orders_total_check",
                                scans("orders", SHARE_UPDATE_EXCLUSIVE)),
                change("set not null by a check of the same transaction", VALIDATED + "; SET NOT NULL")
                        .step(
                                "alter table orders add constraint note_there check (note is not null) not valid",
                                locks("orders", ACCESS_EXCLUSIVE))
                        .step(
                                "alter table orders validate constraint note_there",
                                scans("orders", SHARE_UPDATE_EXCLUSIVE))
                        .step("alter table orders alter note set not null", locks("orders", ACCESS_EXCLUSIVE))
                        .step("alter table orders drop constraint note_there", locks("orders", ACCESS_EXCLUSIVE)),
                change("drop check", NOTED)
                        .given(CHECK)
                        .step(
                                "alter table orders drop constraint orders_total_check",
                                locks("orders", ACCESS_EXCLUSIVE)),
                change("rename constraint", NOTED)
                        .given(CHECK)
                        .step(
                                "alter table orders rename constraint orders_total_check to total_check",
                                locks("orders", ACCESS_EXCLUSIVE)));
    }

    /*
     * The referenced table of a foreign key counts as read as a whole where rows are validated: RI_Initial_Check of
     * ri_triggers.c joins both (from only orders left join only customers … where customers.id is null), for which
     * the planner takes a hash or merge join, so it reads one whole table or index; and where it may not (row
     * security, missing rights), each row is looked up, which is no less.
     */
    static List<LabChange> foreignKeys() {
        return List.of(
                change("foreign key", ADDED + ": SHARE ROW EXCLUSIVE, on the referenced table too")
                        .step(KEY, scans("orders", SHARE_ROW_EXCLUSIVE), scans("customers", SHARE_ROW_EXCLUSIVE)),
                change("foreign key, not valid", ADDED + " NOT VALID")
                        .step(
                                KEY + " not valid",
                                locks("orders", SHARE_ROW_EXCLUSIVE),
                                locks("customers", SHARE_ROW_EXCLUSIVE)),
                change("validate foreign key", VALIDATED + ": ROW SHARE on the referenced table")
                        .given(KEY + " not valid")
                        .step(
                                "alter table orders validate constraint orders_customer_fkey",
                                scans("orders", SHARE_UPDATE_EXCLUSIVE),
                                scans("customers", ROW_SHARE)),
                change("drop foreign key", NOTED + "; ATExecDropConstraint: its triggers lie on both tables")
                        .step(
                                "alter table invoice_lines drop constraint invoice_lines_invoice_fkey",
                                locks("invoice_lines", ACCESS_EXCLUSIVE),
                                locks("invoices", ACCESS_EXCLUSIVE)));
    }

    static List<LabChange> keys() {
        return List.of(
                change("unique", NOTED + ", builds an index")
                        .step(
                                "alter table customers add constraint customers_email_key unique (email)",
                                scans("customers", ACCESS_EXCLUSIVE)),
                change("unique, by a ready index", READY)
                        .given("create unique index customers_email_idx on customers (email)")
                        .step(
                                "alter table customers add constraint customers_email_key"
                                        + " unique using index customers_email_idx",
                                locks("customers", ACCESS_EXCLUSIVE)),
                change("primary key", NOTED + ", builds an index")
                        .step("alter table events_next add primary key (id)", scans("events_next", ACCESS_EXCLUSIVE)),
                change("primary key, by a ready index", READY)
                        .given("create unique index events_next_idx on events_next (id)")
                        .step(
                                "alter table events_next add primary key using index events_next_idx",
                                locks("events_next", ACCESS_EXCLUSIVE)),
                change("primary key, by a ready index of a nullable column", READY + ": SET NOT NULL, a full scan")
                        .given("alter table events_next alter id drop not null")
                        .given("create unique index events_next_idx on events_next (id)")
                        .step(
                                "alter table events_next add primary key using index events_next_idx",
                                scans("events_next", ACCESS_EXCLUSIVE)),
                change("exclusion", NOTED + ", builds an index")
                        .step(
                                "alter table orders add exclude using btree (total with =)",
                                scans("orders", ACCESS_EXCLUSIVE)),
                change("drop unique", NOTED)
                        .given("alter table customers add constraint customers_email_key unique (email)")
                        .step(
                                "alter table customers drop constraint customers_email_key",
                                locks("customers", ACCESS_EXCLUSIVE)));
    }
}
