package io.gatehouse.db;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.config.Settings.Postgres;
import io.gatehouse.support.TestStores;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.RegisterExtension;

class MigrationsTest {

    private static final String CATALOG = """
            select table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable
                   || ' ' || coalesce(column_default, '')
              from information_schema.columns
             where table_schema = 'public' and table_name not like 'databasechangelog%'
            union all
            select conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
              from pg_constraint
             where connamespace = 'public'::regnamespace and conrelid::regclass::text not like 'databasechangelog%'
            union all
            select indexdef from pg_indexes
             where schemaname = 'public' and tablename not like 'databasechangelog%'
            order by 1""";

    private static final String UNCOMMENTED = """
            select c.relname || coalesce('.' || a.attname, '')
              from pg_class c
              left join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
             where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
               and c.relname not like 'databasechangelog%'
               and (col_description(c.oid, a.attnum) is null or obj_description(c.oid) is null)""";

    private static final String UNINDEXED_FOREIGN_KEYS = """
            select conname from pg_constraint c
             where contype = 'f' and not exists (
                   select from pg_index i where i.indrelid = c.conrelid and i.indkey[0] = c.conkey[1])""";

    @RegisterExtension
    private static final Databases DATABASES = new Databases();

    private static final class Databases implements BeforeAllCallback {
        private final List<TestStores> stores = new ArrayList<>();

        @Override
        public void beforeAll(ExtensionContext context) {
            stores.add(TestStores.of(context));
        }

        Postgres empty() {
            return stores.getFirst().emptyDatabase();
        }
    }

    @Test
    void everyRollbackWorksAndTheWayUpIsRepeatable() throws Exception {
        Postgres database = DATABASES.empty();
        Migrations migrations = new Migrations(database);

        List<String> applied = migrations.up();
        List<String> first = rows(database, CATALOG);
        assertThat(applied).hasSizeGreaterThanOrEqualTo(2);
        assertThat(migrations.waiting()).isEmpty();
        assertThat(migrations.up()).isEmpty();

        migrations.down(applied.size());
        assertThat(rows(database, CATALOG)).noneMatch(row -> row.startsWith("users") || row.startsWith("sessions"));
        assertThat(migrations.waiting()).isEqualTo(applied);

        migrations.up();
        assertThat(rows(database, CATALOG)).isEqualTo(first);
    }

    @Test
    void lookingAtTheSchemaWritesNothing() throws Exception {
        Postgres database = DATABASES.empty();
        try (Connection connection = TestStores.connect(database);
                Statement statement = connection.createStatement()) {
            statement.execute("alter database " + database.database() + " set default_transaction_read_only = on");
        }

        assertThat(new Migrations(database).waiting()).contains("0001-create-users");
        assertThat(rows(database, "select relname from pg_class where relname like 'databasechangelog%'"))
                .isEmpty();
    }

    @Test
    void lockRowOfAKilledRunDoesNotBlockTheNext() throws Exception {
        Postgres database = DATABASES.empty();
        Migrations migrations = new Migrations(database);
        migrations.up();
        try (Connection connection = TestStores.connect(database);
                Statement statement = connection.createStatement()) {
            statement.execute("update databasechangeloglock set locked = true, lockedby = 'a dead run'");
        }

        assertThat(migrations.up()).isEmpty();
    }

    @Test
    void twoRunsAtOnceApplyEverythingOnce() throws Exception {
        Postgres database = DATABASES.empty();
        List<List<String>> applied = Stream.generate(() -> new Migrations(database))
                .limit(3)
                .parallel()
                .map(Migrations::up)
                .toList();

        assertThat(applied.stream().filter(ids -> !ids.isEmpty())).isNotEmpty();
        assertThat(rows(database, "select count(*)::text from databasechangelog"))
                .containsExactly(
                        Integer.toString(applied.stream().mapToInt(List::size).sum()))
                .isNotEqualTo(List.of("0"));
    }

    @Test
    void everyTableAndColumnHasAComment() throws Exception {
        Postgres database = DATABASES.empty();
        new Migrations(database).up();

        assertThat(rows(database, UNCOMMENTED))
                .as("add a COMMENT in db/changes; it becomes Javadoc")
                .isEmpty();
    }

    @Test
    void everyForeignKeyHasAnIndex() throws Exception {
        Postgres database = DATABASES.empty();
        new Migrations(database).up();

        assertThat(rows(database, UNINDEXED_FOREIGN_KEYS)).isEmpty();
    }

    private static List<String> rows(Postgres database, String sql) throws Exception {
        List<String> rows = new ArrayList<>();
        try (Connection connection = TestStores.connect(database);
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            while (result.next()) {
                rows.add(result.getString(1));
            }
        }
        return rows;
    }
}
