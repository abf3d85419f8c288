package io.gatehouse.db;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.config.Settings.Postgres;
import io.gatehouse.db.Migrations.MigrationException;
import io.gatehouse.support.Await;
import io.gatehouse.support.EmptyDatabases;
import io.gatehouse.support.TestStores;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A run that dies between a changeset and its line in Liquibase's table leaves neither, or both. */
class HalfStateTest {

    private static final String RECORDING = """
            select pid from pg_stat_activity
             where datname = current_database() and wait_event_type = 'Lock' and query ilike '%databasechangelog%'""";

    @RegisterExtension
    private static final EmptyDatabases DATABASES = new EmptyDatabases();

    private final Postgres database = DATABASES.next();
    private final Migrations migrations = new Migrations(database);

    @Test
    void upIsOneTransactionWithItsRecord() throws Exception {
        upTo("0003-add-users-roles");
        List<String> before = Catalog.of(database);

        dieWhileRecording(() -> migrations.up(1));

        assertThat(Catalog.of(database)).isEqualTo(before);
        assertThat(migrations.up()).first().isEqualTo("0003-add-users-roles");
    }

    @Test
    void downIsOneTransactionWithItsRecord() throws Exception {
        upTo("0003-add-users-roles");
        migrations.up(1);
        List<String> before = Catalog.of(database);

        dieWhileRecording(() -> migrations.down(1));

        assertThat(Catalog.of(database)).isEqualTo(before);
        migrations.down(1);
        assertThat(migrations.waiting()).first().isEqualTo("0003-add-users-roles");
    }

    @Test
    void whatFailsIsNotRecordedAndTheNextRunGoesOn() throws Exception {
        upTo("0003-add-users-roles");
        TestStores.execute(database, "alter table users add column roles int");

        assertThat(CompletableFuture.runAsync(() -> migrations.up(1)))
                .failsWithin(1, TimeUnit.MINUTES)
                .withThrowableThat()
                .withCauseInstanceOf(MigrationException.class);

        assertThat(migrations.waiting()).first().isEqualTo("0003-add-users-roles");
        TestStores.execute(database, "alter table users drop column roles");
        assertThat(migrations.up()).contains("0003-add-users-roles");
    }

    /** Applies what stands before a changeset. */
    private void upTo(String id) {
        migrations.up(migrations.waiting().indexOf(id));
    }

    /** Nobody can write to Liquibase's table, so the run waits there and is ended. */
    private void dieWhileRecording(Runnable run) throws Exception {
        try (Connection connection = TestStores.connect(database);
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("lock table databasechangelog in share mode");
            CompletableFuture<Void> running = CompletableFuture.runAsync(run);
            assertThat(Await.until(
                            Duration.ofSeconds(20),
                            () -> !TestStores.rows(database, RECORDING).isEmpty()))
                    .isTrue();
            TestStores.execute(database, "select pg_terminate_backend(pid) from (" + RECORDING + ") waiting");
            assertThat(running)
                    .failsWithin(1, TimeUnit.MINUTES)
                    .withThrowableThat()
                    .withCauseInstanceOf(MigrationException.class);
        }
    }
}
