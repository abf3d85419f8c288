package io.gatehouse.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.config.Settings.Postgres;
import io.gatehouse.support.EmptyDatabases;
import io.gatehouse.support.TestStores;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A copy has all that changesets could run into. */
class SchemaCopyTest {

    @RegisterExtension
    private static final EmptyDatabases DATABASES = new EmptyDatabases();

    private final Postgres from = DATABASES.next();
    private final Postgres to = DATABASES.next();

    @Test
    void ourOwnSchemaIsCopiedWithItsHistory() {
        new Migrations(from).up();

        assertThat(SchemaCopy.make(from, to)).isEmpty();

        assertThat(withoutComments(to)).isEqualTo(withoutComments(from));
        assertThat(new Migrations(to).waiting()).isEmpty();
        new Migrations(to).down(3);
        assertThat(new Migrations(to).waiting()).hasSize(3);
        assertThat(new Migrations(from).waiting()).isEmpty();
    }

    @Test
    void whatOthersMadeIsCopiedToo() {
        for (String sql : List.of(
                "create type mood as enum ('happy', 'it''s fine')",
                "create domain positive as int default 1 not null constraint positive_check check (value > 0)",
                "create sequence numbers",
                "create function twice(n int) returns int language sql immutable return n * 2",
                """
                create table "Odd Name" (
                    id bigint generated always as identity constraint odd_pkey primary key,
                    "Mixed" mood not null default 'happy',
                    n positive,
                    doubled int generated always as (n * 2) stored,
                    number bigint not null default nextval('numbers'),
                    constraint odd_key unique (n),
                    constraint odd_check check (twice(n) < 1000)
                ) with (fillfactor = 70)""",
                "alter sequence numbers owned by \"Odd Name\".number",
                "create unlogged table child (odd_id bigint)",
                "alter table child add constraint child_fkey foreign key (odd_id) references \"Odd Name\" not valid",
                "create index child_idx on child (odd_id) where odd_id > 7",
                "create table kid (extra int) inherits (child)",
                "alter table child add column word text collate \"C\"",
                "alter table child add constraint word_present not null word not valid",
                "create table parts (id bigint, at date, constraint parts_pkey primary key (id, at)) partition by range (at)",
                "create table parts_1 partition of parts for values from ('2026-01-01') to ('2027-01-01')",
                "create table parts_rest partition of parts default",
                "create index parts_at_idx on parts (at)",
                "alter table parts add constraint parts_fkey foreign key (id) references \"Odd Name\"",
                "create view seen as select id, twice(n) as n2 from \"Odd Name\"",
                "create materialized view kept as select * from seen",
                "create unique index kept_idx on kept (id)",
                """
                create function noted() returns trigger language plpgsql as $$
                begin
                    return new;
                end $$""",
                "create trigger noted before insert on parts for each row execute function noted()")) {
            TestStores.execute(from, sql);
        }

        assertThat(SchemaCopy.make(from, to)).isEmpty();

        assertThat(withoutComments(to))
                .hasSizeGreaterThan(40)
                .containsExactlyInAnyOrderElementsOf(withoutComments(from));
    }

    /** What somebody may do in a schema must not become what they may do on the machine of whoever looks at it. */
    @Test
    void functionsOfTheTargetCannotStartPrograms() {
        TestStores.execute(from, """
                create function f() returns int language plpgsql as $$
                begin
                    perform pg_read_file('PG_VERSION');
                    return 1;
                end $$""");
        TestStores.execute(from, "create materialized view m as select f() with no data");

        Postgres scratch = DATABASES.stores().scratchDatabase();
        assertThat(SchemaCopy.make(from, scratch)).isEmpty();

        assertThat(TestStores.query(scratch, "select relispopulated from pg_class where relname = 'm'"))
                .isEqualTo("f");
        assertThatThrownBy(() -> TestStores.query(scratch, "select f()"))
                .rootCause()
                .hasMessageContaining("permission denied for function pg_read_file");
    }

    @Test
    void aSchemaOfAnotherNameKeepsIts() {
        for (String sql : List.of(
                "create schema \"App\"",
                "alter database " + from.database() + " set search_path = \"App\"",
                "create table \"App\".things (id bigint primary key, at date)",
                "create index things_at_idx on \"App\".things (at)")) {
            TestStores.execute(from, sql);
        }

        assertThat(SchemaCopy.make(from, to)).isEmpty();

        assertThat(TestStores.query(to, "select current_schema() || ' ' || to_regclass('things_at_idx')"))
                .isEqualTo("App things_at_idx");
    }

    @Test
    void whatCannotBeCopiedIsSaid() {
        TestStores.execute(from, "create table plain (id int)");
        TestStores.execute(from, "create function gone() returns int language sql as 'select 1'");
        TestStores.execute(to, "create function gone() returns text language sql as 'select 1::text'");

        assertThat(SchemaCopy.make(from, to))
                .singleElement()
                .asString()
                .contains("FUNCTION public.gone()", "cannot change return type");
        assertThat(Catalog.of(to)).anyMatch(line -> line.startsWith("relation plain"));
    }

    /** Nothing that a changeset does depends on comments. */
    private static List<String> withoutComments(Postgres database) {
        return Catalog.of(database).stream()
                .filter(line -> !line.startsWith("comment "))
                .toList();
    }
}
