package io.gatehouse.db.locks;

import static io.gatehouse.db.locks.LabChange.change;
import static io.gatehouse.db.locks.LockMode.ACCESS_EXCLUSIVE;
import static io.gatehouse.db.locks.LockMode.ACCESS_SHARE;
import static io.gatehouse.db.locks.LockMode.EXCLUSIVE;
import static io.gatehouse.db.locks.LockMode.SHARE_ROW_EXCLUSIVE;
import static io.gatehouse.db.locks.LockMode.SHARE_UPDATE_EXCLUSIVE;
import static io.gatehouse.db.locks.Touch.locks;
import static io.gatehouse.db.locks.Touch.rewrites;
import static io.gatehouse.db.locks.Touch.scans;

import java.util.List;

/** Whole tables, their triggers and rights; views and sequences. */
final class LabRelations {

    private static final String NOTED = "sql-altertable, Description";
    private static final String LOCKS = "explicit-locking, ";
    private static final String TRIGGER = "create trigger orders_touch before update on orders"
            + " for each row execute function suppress_redundant_updates_trigger()";

    private LabRelations() {}

    static List<LabChange> tables() {
        return List.of(
                change("rename table", NOTED)
                        .step("alter table orders rename to purchases", locks("orders", ACCESS_EXCLUSIVE)),
                change("set fillfactor", NOTED + ", SET ( storage_parameter )")
                        .step("alter table orders set (fillfactor = 80)", locks("orders", SHARE_UPDATE_EXCLUSIVE)),
                change("set unlogged", NOTED + ", SET LOGGED and UNLOGGED")
                        .step("alter table orders set unlogged", rewrites("orders", ACCESS_EXCLUSIVE)),
                change("set logged", NOTED + ", SET LOGGED and UNLOGGED")
                        .given("alter table orders set unlogged")
                        .step("alter table orders set logged", rewrites("orders", ACCESS_EXCLUSIVE)),
                // A new, empty file takes the place of the old one: nothing is read, nothing written anew.
                change("truncate", "sql-truncate, Notes").step("truncate orders", locks("orders", ACCESS_EXCLUSIVE)),
                change("truncate what is referenced", "sql-truncate, CASCADE")
                        .step(
                                "truncate invoices cascade",
                                locks("invoices", ACCESS_EXCLUSIVE),
                                locks("invoice_lines", ACCESS_EXCLUSIVE)),
                change("drop table", LOCKS + "ACCESS EXCLUSIVE")
                        .step("drop table orders", locks("orders", ACCESS_EXCLUSIVE)),
                change("drop table that refers to another", LOCKS + "ACCESS EXCLUSIVE; RemoveTriggerById: on both")
                        .step(
                                "drop table invoice_lines",
                                locks("invoice_lines", ACCESS_EXCLUSIVE),
                                locks("invoices", ACCESS_EXCLUSIVE)),
                change("drop table with its views", LOCKS + "ACCESS EXCLUSIVE; sql-droptable, CASCADE")
                        .step(
                                "drop table customers cascade",
                                locks("customers", ACCESS_EXCLUSIVE),
                                locks("customer_names", ACCESS_EXCLUSIVE),
                                locks("country_sizes", ACCESS_EXCLUSIVE)),
                change("cluster", "sql-cluster, Description")
                        .step("cluster orders using orders_pkey", rewrites("orders", ACCESS_EXCLUSIVE)),
                change("vacuum full", "sql-vacuum, FULL")
                        .held(
                                "select 1 from orders limit 1",
                                "vacuum full orders",
                                rewrites("orders", ACCESS_EXCLUSIVE)),
                change("analyze", LOCKS + "SHARE UPDATE EXCLUSIVE; sql-analyze, Notes: a sample")
                        .step("analyze orders", locks("orders", SHARE_UPDATE_EXCLUSIVE)),
                change("create statistics", LOCKS + "SHARE UPDATE EXCLUSIVE")
                        .step(
                                "create statistics orders_stats on total, status from orders",
                                locks("orders", SHARE_UPDATE_EXCLUSIVE)),
                change("comment", LOCKS + "SHARE UPDATE EXCLUSIVE")
                        .step("comment on table orders is 'What was bought'", locks("orders", SHARE_UPDATE_EXCLUSIVE))
                        .step("comment on column orders.total is 'Cents'", locks("orders", SHARE_UPDATE_EXCLUSIVE)),
                change("replica identity", NOTED)
                        .step("alter table orders replica identity full", locks("orders", ACCESS_EXCLUSIVE)),
                change("in a block of PL/pgSQL", NOTED)
                        .step(
                                "do $$ begin execute 'alter table orders add column coupon text'; end $$",
                                locks("orders", ACCESS_EXCLUSIVE)),
                // Seen, for the manual is silent: 18.6 takes the weakest lock, 15.15 none.
                change("grant", "sql-grant: of tables' locks nothing is said")
                        .step("grant select on orders to public", List.of(locks("orders", ACCESS_SHARE)), List.of()));
    }

    static List<LabChange> triggers() {
        return List.of(
                change("create trigger", LOCKS + "SHARE ROW EXCLUSIVE")
                        .step(TRIGGER, locks("orders", SHARE_ROW_EXCLUSIVE)),
                change("disable trigger", NOTED + ", DISABLE TRIGGER")
                        .given(TRIGGER)
                        .step("alter table orders disable trigger orders_touch", locks("orders", SHARE_ROW_EXCLUSIVE)),
                change("drop trigger", "sql-droptrigger; RemoveTriggerById: ACCESS EXCLUSIVE")
                        .given(TRIGGER)
                        .step("drop trigger orders_touch on orders", locks("orders", ACCESS_EXCLUSIVE)),
                change("row security", NOTED + "; sql-createpolicy; CreatePolicy: ACCESS EXCLUSIVE")
                        .step("alter table orders enable row level security", locks("orders", ACCESS_EXCLUSIVE))
                        .step("create policy everybody on orders using (true)", locks("orders", ACCESS_EXCLUSIVE)));
    }

    static List<LabChange> created() {
        return List.of(
                change("create table that refers to another", "sql-altertable, ADD FOREIGN KEY: SHARE ROW EXCLUSIVE")
                        .step(
                                "create table parcels (id bigint primary key, order_id bigint references orders)",
                                locks("orders", SHARE_ROW_EXCLUSIVE)),
                change("create table as", LOCKS + "ACCESS SHARE")
                        .step("create table sums as select sum(total) from orders", scans("orders", ACCESS_SHARE)),
                change("create table and work on it", "of the changeset's own tables nothing is told")
                        .step("create table parcels (id bigint primary key, weight integer)")
                        .step("create index on parcels (weight)")
                        .step("insert into parcels values (1, 2)"),
                change("create view", LOCKS + "ACCESS SHARE")
                        .step("create view order_notes as select id, note from orders", locks("orders", ACCESS_SHARE)),
                change("replace view", "sql-createview; DefineVirtualRelation: ACCESS EXCLUSIVE on the view")
                        .step(
                                "create or replace view customer_names as select id, note, email from customers",
                                locks("customer_names", ACCESS_EXCLUSIVE),
                                locks("customers", ACCESS_SHARE)),
                change("drop view", LOCKS + "ACCESS EXCLUSIVE")
                        .step("drop view customer_names", locks("customer_names", ACCESS_EXCLUSIVE)),
                change("refresh materialized view", LOCKS + "ACCESS EXCLUSIVE")
                        .step(
                                "refresh materialized view country_sizes",
                                rewrites("country_sizes", ACCESS_EXCLUSIVE),
                                scans("customers", ACCESS_SHARE)),
                change("refresh materialized view concurrently", LOCKS + "EXCLUSIVE")
                        .given("create unique index on country_sizes (id)")
                        .step(
                                "refresh materialized view concurrently country_sizes",
                                scans("country_sizes", EXCLUSIVE),
                                scans("customers", ACCESS_SHARE)),
                change("alter sequence", "sql-altersequence, Notes; AlterSequence: SHARE ROW EXCLUSIVE")
                        .step(
                                "alter sequence ticket_numbers increment by 10",
                                locks("ticket_numbers", SHARE_ROW_EXCLUSIVE)),
                change("create function", "sql-createfunction: of tables nothing is said")
                        .step("create function one() returns integer language sql as 'select 1'"));
    }
}
