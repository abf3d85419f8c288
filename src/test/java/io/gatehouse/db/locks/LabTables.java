package io.gatehouse.db.locks;

import java.util.List;

/**
 * What all changesets of the lab begin with: tables that hold rows, below the 16 MiB of a large one. Each has an
 * {@code id} and, but for the counts, a {@code note}; everything else has a default, so that one can be written blindly.
 */
final class LabTables {

    static final String SQL = """
            create table customers (
                id bigint primary key, email text not null default '', country text default 'DE', note text);
            insert into customers select i, 'user' || i || '@example.test', 'DE', 'note'
                from generate_series(1, 2000) i;

            create table orders (
                id bigint primary key, customer_id bigint default 1, total integer default 0,
                placed_at timestamp default '2026-01-01', status varchar(20) default 'new', note text);
            create index orders_status_idx on orders (status);
            insert into orders select i, 1 + i % 2000, i, '2026-01-01', 'new', 'note' from generate_series(1, 3000) i;

            create table invoices (id integer primary key, note text);
            insert into invoices select i, 'note' from generate_series(1, 2000) i;
            create table invoice_lines (id bigint primary key, invoice_id integer default 1, note text);
            insert into invoice_lines select i, 1 + i % 1000, 'note' from generate_series(1, 2500) i;
            alter table invoice_lines
                add constraint invoice_lines_invoice_fkey foreign key (invoice_id) references invoices;

            create table events (id bigint not null, note text) partition by range (id);
            create table events_0 partition of events for values from (0) to (2000);
            create table events_1 partition of events for values from (2000) to (4000);
            insert into events select i, 'note' from generate_series(1, 3900) i;
            create table events_next (id bigint not null, note text);
            insert into events_next select i, 'note' from generate_series(4001, 5900) i;

            create view customer_names as select id, note from customers;
            create materialized view country_sizes as select country as id, count(*) from customers group by country;
            create sequence ticket_numbers;
            """;

    /** Last, so that estimates are those of all rows. */
    static final String STATISTICS = """
            do $$
            declare name text;
            begin
                for name in
                    select oid::regclass from pg_class
                    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'm')
                loop
                    execute 'analyze ' || name;
                end loop;
            end $$
            """;

    private LabTables() {}

    /**
     * What a second session tries on it: first a SELECT, then an INSERT, then an UPDATE, as far as there are such. Each
     * of one row, so that of a partitioned table no other partition is asked.
     */
    static List<String> probes(String table) {
        return switch (table) {
            case "country_sizes" -> List.of("select 1 from country_sizes where id = 'DE'");
            case "ticket_numbers" ->
                List.of("select last_value from ticket_numbers", "select nextval('ticket_numbers')");
            case "events_1" -> probes(table, 2001, 3950);
            case "events_next" -> probes(table, 4001, 5950);
            case "events_rest" -> probes(table, 9001, 10950);
            default -> probes(table, 1, 0);
        };
    }

    private static List<String> probes(String table, int present, int absent) {
        return List.of(
                "select note from %s where id = %d".formatted(table, present),
                "insert into %s (id) values (%d)".formatted(table, absent),
                "update %s set note = note where id = %d".formatted(table, present));
    }
}
