package io.gatehouse.db;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.config.Settings.Postgres;
import io.gatehouse.support.EmptyDatabases;
import io.gatehouse.support.TestStores;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class MigrationsTest {

    @RegisterExtension
    private static final EmptyDatabases DATABASES = new EmptyDatabases();

    @Test
    void lookingAtTheSchemaWritesNothing() throws Exception {
        Postgres database = DATABASES.next();
        try (Connection connection = TestStores.connect(database);
                Statement statement = connection.createStatement()) {
            statement.execute("alter database " + database.database() + " set default_transaction_read_only = on");
        }

        assertThat(new Migrations(database).waiting()).contains("0001-create-users");
        assertThat(TestStores.rows(database, "select relname from pg_class where relname like 'databasechangelog%'"))
                .isEmpty();
    }

    @Test
    void lockRowOfAKilledRunDoesNotBlockTheNext() throws Exception {
        Postgres database = DATABASES.next();
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
        Postgres database = DATABASES.next();
        List<List<String>> applied = Stream.generate(() -> new Migrations(database))
                .limit(3)
                .parallel()
                .map(Migrations::up)
                .toList();

        assertThat(applied.stream().filter(ids -> !ids.isEmpty())).isNotEmpty();
        assertThat(TestStores.rows(database, "select count(*)::text from databasechangelog"))
                .containsExactly(
                        Integer.toString(applied.stream().mapToInt(List::size).sum()))
                .isNotEqualTo(List.of("0"));
    }

    @Test
    void checksumsAreThoseThatDatabasesKeep() throws Exception {
        Postgres database = DATABASES.next();
        new Migrations(database).up();

        assertThat(Files.readAllLines(Path.of("db", "checksums.txt")))
                .containsAll(TestStores.rows(
                        database, "select id || ' ' || md5sum from databasechangelog order by orderexecuted"));
    }
}
