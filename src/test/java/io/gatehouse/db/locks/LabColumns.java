package io.gatehouse.db.locks;

import static io.gatehouse.db.locks.LabChange.change;
import static io.gatehouse.db.locks.LockMode.ACCESS_EXCLUSIVE;
import static io.gatehouse.db.locks.LockMode.SHARE_ROW_EXCLUSIVE;
import static io.gatehouse.db.locks.LockMode.SHARE_UPDATE_EXCLUSIVE;
import static io.gatehouse.db.locks.Touch.locks;
import static io.gatehouse.db.locks.Touch.rewrites;
import static io.gatehouse.db.locks.Touch.scans;

import java.util.List;

/** Columns: new ones, their properties and their types. Of {@code ALTER TABLE} where no other page is named. */
final class LabColumns {

    // "An ACCESS EXCLUSIVE lock is acquired unless explicitly noted" (Description).
    private static final String NOTED = "sql-altertable, Description";
    private static final String NOTES = "sql-altertable, Notes";

    private LabColumns() {}

    static List<LabChange> added() {
        return List.of(
                change("add column, nullable", NOTES)
                        .step("alter table orders add column coupon text", locks("orders", ACCESS_EXCLUSIVE)),
                change("add column, constant default", NOTES + ": evaluated once, stored in the metadata")
                        .step(
                                "alter table orders add column currency text default 'EUR'",
                                locks("orders", ACCESS_EXCLUSIVE)),
                change("add column, stable default", NOTES + ": non-volatile defaults too")
                        .step(
                                "alter table orders add column paid_at timestamptz default now()",
                                locks("orders", ACCESS_EXCLUSIVE)),
                change("add column, not null with a constant default", NOTES)
                        .step(
                                "alter table orders add column currency text not null default 'EUR'",
                                locks("orders", ACCESS_EXCLUSIVE)),
                change("add column, volatile default clock_timestamp()", NOTES)
                        .step(
                                "alter table orders add column seen_at timestamptz default clock_timestamp()",
                                rewrites("orders", ACCESS_EXCLUSIVE)),
                change("add column, volatile default gen_random_uuid()", NOTES)
                        .step(
                                "alter table orders add column token uuid not null default gen_random_uuid()",
                                rewrites("orders", ACCESS_EXCLUSIVE)),
                change("add column, stored generated", NOTES)
                        .step(
                                "alter table orders add column twice integer generated always as (total * 2) stored",
                                rewrites("orders", ACCESS_EXCLUSIVE)),
                change("add column, identity", NOTES)
                        .step(
                                "alter table orders add column number bigint generated always as identity",
                                rewrites("orders", ACCESS_EXCLUSIVE)),
                change("add column, bigserial", "datatype-numeric, Serial Types: default nextval(), volatile")
                        .step("alter table orders add column number bigserial", rewrites("orders", ACCESS_EXCLUSIVE)),
                change("add column, domain with a constraint", NOTES)
                        .given("create domain positive as integer check (value > 0)")
                        .step(
                                "alter table orders add column parcels positive default 1",
                                rewrites("orders", ACCESS_EXCLUSIVE)),
                change("add column, nullable reference", NOTED + "; nulls need no check")
                        .step(
                                "alter table orders add column payer_id bigint references customers",
                                locks("orders", ACCESS_EXCLUSIVE),
                                locks("customers", SHARE_ROW_EXCLUSIVE)),
                change("add column with a check", NOTES + ": adding a CHECK scans")
                        .step(
                                "alter table orders add column coupon text check (coupon <> '')",
                                scans("orders", ACCESS_EXCLUSIVE)),
                change("add column to a partitioned table", NOTED + "; and its descendants")
                        .step(
                                "alter table events add column source text",
                                locks("events", ACCESS_EXCLUSIVE),
                                locks("events_0", ACCESS_EXCLUSIVE),
                                locks("events_1", ACCESS_EXCLUSIVE)));
    }

    static List<LabChange> altered() {
        return List.of(
                change("set and drop a default", NOTED)
                        .step("alter table orders alter total set default 1", locks("orders", ACCESS_EXCLUSIVE))
                        .step("alter table orders alter total drop default", locks("orders", ACCESS_EXCLUSIVE)),
                change("drop column", NOTES + ": makes it invisible only")
                        .step("alter table orders drop column placed_at", locks("orders", ACCESS_EXCLUSIVE)),
                change("drop column that has an index", NOTES)
                        .step("alter table orders drop column status", locks("orders", ACCESS_EXCLUSIVE)),
                change("rename column", NOTED)
                        .step("alter table orders rename column note to remark", locks("orders", ACCESS_EXCLUSIVE)),
                change("set not null", NOTED + ", SET NOT NULL")
                        .step("alter table orders alter note set not null", scans("orders", ACCESS_EXCLUSIVE)),
                change("set not null, proven by a check", NOTED + ", SET NOT NULL: the scan is skipped")
                        .given("alter table orders add constraint orders_note_check check (note is not null)")
                        .step("alter table orders alter note set not null", locks("orders", ACCESS_EXCLUSIVE)),
                change("drop not null", NOTED)
                        .step("alter table customers alter email drop not null", locks("customers", ACCESS_EXCLUSIVE)),
                change("set statistics", NOTED + ", SET STATISTICS")
                        .step("alter table orders alter total set statistics 500", share()),
                change("set attribute option", NOTED + ", SET ( attribute_option )")
                        .step("alter table orders alter total set (n_distinct = 100)", share()),
                change("set storage", NOTED + ", SET STORAGE")
                        .step("alter table orders alter note set storage external", locks("orders", ACCESS_EXCLUSIVE)));
    }

    private static Touch share() {
        return locks("orders", SHARE_UPDATE_EXCLUSIVE);
    }
}
