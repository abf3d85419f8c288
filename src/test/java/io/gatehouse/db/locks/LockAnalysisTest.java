package io.gatehouse.db.locks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.config.Settings.Postgres;
import io.gatehouse.db.Migrations.MigrationException;
import io.gatehouse.db.PlannedChange;
import io.gatehouse.db.locks.Report.Effect;
import io.gatehouse.db.locks.Report.Step;
import io.gatehouse.support.TestStores;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the report makes of large tables, of several statements in one transaction, and of what cannot be run. */
class LockAnalysisTest {

    private static final int LARGE_ROWS = 300_000;

    @RegisterExtension
    private static final Databases DATABASES = new Databases();

    private static final class Databases implements BeforeAllCallback {
        private final List<TestStores> stores = new ArrayList<>();
        private final List<Postgres> target = new ArrayList<>();

        @Override
        public void beforeAll(ExtensionContext context) {
            stores.add(TestStores.of(context));
            target.add(stores.getFirst().emptyDatabase());
        }
    }

    @BeforeAll
    static void fill() {
        run("create table large (id bigint primary key, name text not null, note text)");
        run("insert into large select i, repeat('x', 40), 'n' || i from generate_series(1, " + LARGE_ROWS + ") i");
        run("create table small (id bigint primary key, large_id bigint)");
        run("create table never_counted (id int, name text)");
        run("analyze large");
        run("analyze small");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        alter table large add column extra text                                     | BRIEF
        alter table large add column extra int default 7                            | BRIEF
        alter table large add column extra timestamptz default clock_timestamp()    | WINDOW
        alter table large alter column note set not null                            | WINDOW
        alter table large add constraint c check (id > 0)                           | WINDOW
        alter table large add constraint c check (id > 0) not valid                 | BRIEF
        create index i on large (name)                                              | WINDOW
        alter table small add constraint f foreign key (large_id) references large  | WINDOW
        alter table small add constraint f foreign key (large_id) references large not valid | BRIEF
        alter table small alter column large_id type int                            | BRIEF
        update large set note = 'y'                                                 | WINDOW
        update large set note = 'y' where id between 1 and 500                      | SAFE
        update large set note = 'y' where id > 0                                    | WINDOW
        delete from large where id between 1 and 200000                             | WINDOW
        update large set note = 'y' where note = 'n7'                               | SAFE
        update large set note = (select name from never_counted limit 1) where id > 0 | WINDOW
        do $$ begin update large set note = 'y' where id > 0; end $$                | WINDOW
        insert into large select * from large on conflict (id) do update set note = 'z' | WINDOW
        comment on table large is 'Large.'                                          | SAFE
        analyze large                                                               | SAFE
        create table another (id bigint primary key)                                | SAFE
        """)
    void largeTablesNeedAWindowWhereTheyAreReadOrWrittenUnderALock(String sql, Verdict verdict) {
        assertThat(analysed(true, sql).verdict()).isEqualTo(verdict);
    }

    @Test
    void sizesAreTheTargets() {
        Effect effect = step(analysed(true, "alter table large add column extra text"), 0)
                .effects()
                .getFirst();

        assertThat(effect.table()).isEqualTo("large");
        assertThat(effect.rows()).isEqualTo(LARGE_ROWS);
        assertThat(effect.bytes()).isEqualTo(Long.parseLong(query("select pg_total_relation_size('large')")));
        assertThat(step(analysed(true, "alter table never_counted add column x int"), 0)
                        .effects()
                        .getFirst()
                        .rows())
                .isEqualTo(query("show server_version_num").compareTo("14") < 0 ? 0 : -1);
    }

    @Test
    void aLockOfAnEarlierStatementCountsForTheLaterOnes() {
        Report report = analysed(
                true,
                "set local lock_timeout = '2s'",
                "alter table small add column x int",
                "update large set note = 'y'");

        assertThat(report.changes().getFirst().steps())
                .extracting(Step::verdict)
                .containsExactly(Verdict.SAFE, Verdict.BRIEF, Verdict.WINDOW);
        assertThat(step(report, 2).reasons())
                .anyMatch(reason -> reason.contains("large is read and changed as a whole (300,000 rows"))
                .anyMatch(reason -> reason.contains("small stays locked"));
        assertThat(step(report, 2).safer())
                .hasValueSatisfying(safer -> assertThat(safer).contains("in batches"));

        Report apart = analysed(false, "alter table small add column x int", "select count(*) from large");
        assertThat(step(apart, 1).verdict()).isEqualTo(Verdict.SAFE);
        assertThat(step(apart, 1).effects()).extracting(Effect::lock).containsExactly(LockMode.ACCESS_SHARE);
    }

    @Test
    void aMissingLockTimeoutIsSaid() {
        assertThat(step(analysed(true, "alter table small add column x int"), 0).reasons())
                .anyMatch(reason -> reason.contains("no lock_timeout"));
        assertThat(step(analysed(true, "set local lock_timeout = '2s'", "alter table small add column x int"), 1)
                        .reasons())
                .noneMatch(reason -> reason.contains("no lock_timeout"));
    }

    @Test
    void whatAChangesetMadeItselfIsNobodysYet() {
        Report report = analysed(
                true, "create table made (id int)", "insert into made values (1)", "alter table made add column x int");

        assertThat(report.verdict()).isEqualTo(Verdict.SAFE);
        assertThat(report.changes().getFirst().steps())
                .allMatch(step -> step.effects().isEmpty());
    }

    @Test
    void laterChangesetsSeeWhatEarlierOnesDid() {
        Report report = analysis()
                .of(List.of(
                        change("0001-a", true, "alter table large rename to huge"),
                        change("0002-b", false, "create index concurrently huge_name_idx on huge (name)"),
                        change("0003-c", true, "drop index huge_name_idx")));

        assertThat(report.changes().get(1).steps().getFirst().effects())
                .as("by the name that the target knows")
                .extracting(Effect::table)
                .containsExactly("large");
        assertThat(report.changes().get(1).steps().getFirst().byRule()).isTrue();
        assertThat(report.changes().get(2).verdict()).isEqualTo(Verdict.BRIEF);
        assertThat(report.changes().get(2).steps().getFirst().safer())
                .hasValueSatisfying(safer -> assertThat(safer).contains("drop index concurrently"));
    }

    @Test
    void aChangesetThatWouldFailIsNamedWithItsStatement() {
        assertThatThrownBy(() -> analysed(true, "alter table large add column x int", "alter table nowhere add y int"))
                .isInstanceOf(MigrationException.class)
                .hasMessageContaining("db/changes/test.sql fails on a copy of the schema")
                .hasMessageContaining("alter table nowhere add y int")
                .hasMessageContaining("\"nowhere\" does not exist");
        assertThatThrownBy(() -> analysed(true, "create index concurrently i on large (name)"))
                .hasMessageContaining("cannot run inside a transaction block");
    }

    @ParameterizedTest
    @ValueSource(strings = {"vacuum full", "vacuum full verbose", "vacuum full small, large", "vacuum full large"})
    void aVacuumThatWritesLargeTablesAnewNeedsAWindow(String sql) {
        assertThat(analysed(false, sql).verdict()).isEqualTo(Verdict.WINDOW);
    }

    @Test
    void rowsThatCannotBeCountedYetAreTakenForAll() {
        Report report =
                analysed(false, "alter table large add column fresh text", "update large set fresh = 'y' where id = 1");

        assertThat(step(report, 1).verdict()).isEqualTo(Verdict.WINDOW);
        assertThat(step(report, 1).reasons()).anyMatch(reason -> reason.contains("cannot be told here"));
    }

    @Test
    void aLockTimeoutWithinADoBlockIsSeen() {
        Report report =
                analysed(true, "do $$ begin set local lock_timeout = '2s'; alter table small add column y int; end $$");

        assertThat(step(report, 0).verdict()).isEqualTo(Verdict.BRIEF);
        assertThat(step(report, 0).reasons()).noneMatch(reason -> reason.contains("no lock_timeout"));
    }

    @Test
    void whatNoRuleKnowsNeedsAWindow() {
        Report report = analysed(false, "cluster");

        assertThat(report.verdict()).isEqualTo(Verdict.WINDOW);
        assertThat(step(report, 0).reasons()).anyMatch(reason -> reason.contains("no rule knows it"));
    }

    /** A file with splitStatements:false is one text for Liquibase, and several statements for PostgreSQL. */
    @Test
    void severalStatementsInOneTextAreNotRunOnTheTarget() {
        Report report =
                analysed(true, "update large set note = 'a' where id = 1; update large set note = 'run' where id = 2");

        assertThat(query("select note from large where id = 2")).isEqualTo("n2");
        assertThat(report.verdict()).isEqualTo(Verdict.WINDOW);
    }

    @Test
    void theTargetIsLeftAlone() {
        String before = query("select string_agg(relname || relfilenode, ' ' order by relname) from pg_class");

        analysed(true, "drop table large", "drop table small");

        assertThat(query("select string_agg(relname || relfilenode, ' ' order by relname) from pg_class"))
                .isEqualTo(before);
    }

    private static Step step(Report report, int number) {
        return report.changes().getFirst().steps().get(number);
    }

    private static Report analysed(boolean transactional, String... statements) {
        return analysis().of(List.of(change("0001-test", transactional, statements)));
    }

    private static PlannedChange change(String id, boolean transactional, String... statements) {
        return new PlannedChange(
                id, "db/changes/test.sql", transactional, Stream.of(statements).toList());
    }

    private static LockAnalysis analysis() {
        return new LockAnalysis(
                DATABASES.target.getFirst(), DATABASES.stores.getFirst().scratchDatabase());
    }

    private static void run(String sql) {
        TestStores.execute(DATABASES.target.getFirst(), sql);
    }

    private static String query(String sql) {
        return TestStores.query(DATABASES.target.getFirst(), sql);
    }
}
