package io.gatehouse.db;

import io.gatehouse.config.Settings.Login;
import io.gatehouse.config.Settings.Postgres;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import liquibase.Contexts;
import liquibase.LabelExpression;
import liquibase.Liquibase;
import liquibase.Scope;
import liquibase.UpdateSummaryEnum;
import liquibase.changelog.ChangeSet;
import liquibase.changelog.FastCheckService;
import liquibase.database.Database;
import liquibase.database.DatabaseFactory;
import liquibase.database.jvm.JdbcConnection;
import liquibase.exception.LiquibaseException;
import liquibase.resource.ClassLoaderResourceAccessor;
import liquibase.ui.LoggerUIService;
import org.jspecify.annotations.Nullable;

/**
 * The schema's changelogs on one database, run by Liquibase. Each call opens a connection of its own as the role for
 * schema changes, outside the pool. Runs exclude each other by an advisory lock that PostgreSQL frees when its
 * holder dies; Liquibase's own lock row, which would stay behind, is cleared under it. Thread-safe.
 */
public final class Migrations {

    private static final String CHANGELOG = "db/changelog.yaml";
    private static final Contexts NO_CONTEXT = new Contexts();
    private static final LabelExpression NO_LABEL = new LabelExpression();

    /** "gatehous" in ASCII: the key of the advisory lock. */
    private static final long LOCK_KEY = 0x6761_7465_686F_7573L;

    private static final Duration LOCK_PATIENCE = Duration.ofMinutes(5);
    private static final long LOCK_POLL_MS = 100;

    /** Longest silence of the server while the schema is only looked at; changes may take as long as they need. */
    private static final int LOOK_TIMEOUT_MS = 10_000;

    /** No text on standard output, and nothing sent to Liquibase's makers. */
    private static final Map<String, Object> QUIET =
            Map.of(Scope.Attr.ui.name(), new LoggerUIService(), "liquibase.analytics.enabled", "false");

    private final String url;
    private final Properties login;
    private final Properties reader;

    public Migrations(Postgres settings) {
        this.url = JdbcUrl.of(settings);
        this.login = properties(settings.ddl());
        this.reader = properties(settings.login());
    }

    private static Properties properties(Login login) {
        Properties properties = new Properties();
        properties.setProperty("user", login.user());
        properties.setProperty("password", login.password().value());
        return properties;
    }

    /**
     * Applies what is waiting.
     *
     * @return the ids of the changesets that were applied
     * @throws MigrationException when a changeset fails; those before it stay applied
     */
    public List<String> up() {
        return withLiquibase(liquibase -> {
            List<String> waiting = ids(liquibase.listUnrunChangeSets(NO_CONTEXT, NO_LABEL));
            // Liquibase remembers for the life of the process that a database was current; a rollback makes that a lie.
            Scope.getCurrentScope().getSingleton(FastCheckService.class).clearCache();
            liquibase.update(NO_CONTEXT, NO_LABEL);
            return waiting;
        });
    }

    /**
     * Rolls the last changesets back.
     *
     * @throws MigrationException when a rollback fails
     */
    public void down(int count) {
        withLiquibase(liquibase -> {
            liquibase.rollback(count, null, NO_CONTEXT, NO_LABEL);
            return count;
        });
    }

    /**
     * The ids of the changesets of this build that are not applied yet. Reads only, as the service's own role.
     *
     * @throws MigrationException when the database cannot be asked
     */
    public List<String> waiting() {
        try (Connection connection = DriverManager.getConnection(url, reader)) {
            connection.setNetworkTimeout(Runnable::run, LOOK_TIMEOUT_MS);
            List<String> applied = AppliedChanges.ids(connection);
            return Scope.child(QUIET, () -> onDatabase(connection, Migrations::known)).stream()
                    .filter(id -> !applied.contains(id))
                    .toList();
        } catch (SQLException e) {
            throw new MigrationException("The database cannot be reached: " + e.getMessage(), e);
        } catch (Exception e) {
            throw new MigrationException("The changelog could not be read: " + e.getMessage(), e);
        }
    }

    private static List<String> known(Liquibase liquibase) throws LiquibaseException {
        return ids(liquibase.getDatabaseChangeLog().getChangeSets());
    }

    private static List<String> ids(List<ChangeSet> changes) {
        return changes.stream().map(ChangeSet::getId).toList();
    }

    /** Alone: no other run of ours is at work meanwhile. */
    private <T> T withLiquibase(Work<T> work) {
        try (Connection lock = DriverManager.getConnection(url, login);
                Connection connection = DriverManager.getConnection(url, login)) {
            awaitLock(lock);
            return Scope.child(
                    QUIET,
                    () -> onDatabase(connection, liquibase -> {
                        liquibase.forceReleaseLocks();
                        return work.on(liquibase);
                    }));
        } catch (MigrationException e) {
            throw e;
        } catch (SQLException e) {
            throw new MigrationException("The database cannot be reached: " + e.getMessage(), e);
        } catch (Exception e) {
            throw new MigrationException("The changelog could not be run: " + e.getMessage(), e);
        }
    }

    private static <T> T onDatabase(Connection connection, Work<T> work) throws LiquibaseException {
        Database database =
                DatabaseFactory.getInstance().findCorrectDatabaseImplementation(new JdbcConnection(connection));
        try (Liquibase liquibase = new Liquibase(CHANGELOG, new ClassLoaderResourceAccessor(), database)) {
            liquibase.setShowSummary(UpdateSummaryEnum.OFF);
            return work.on(liquibase);
        }
    }

    /** Polled, not awaited: a waiting lock holds a snapshot that a concurrent index build would wait for. */
    private static void awaitLock(Connection connection) throws SQLException {
        long deadline = System.nanoTime() + LOCK_PATIENCE.toNanos();
        try (PreparedStatement attempt = connection.prepareStatement("select pg_try_advisory_lock(?)")) {
            attempt.setLong(1, LOCK_KEY);
            while (!locked(attempt)) {
                if (System.nanoTime() > deadline) {
                    throw new MigrationException("Another run has held the schema for 5 minutes; look for it", null);
                }
                Thread.sleep(LOCK_POLL_MS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MigrationException("Interrupted while waiting for another run", e);
        }
    }

    private static boolean locked(PreparedStatement attempt) throws SQLException {
        try (ResultSet row = attempt.executeQuery()) {
            return row.next() && row.getBoolean(1);
        }
    }

    @FunctionalInterface
    private interface Work<T> {
        T on(Liquibase liquibase) throws LiquibaseException;
    }

    /** The schema could not be changed or looked at; the message says why. */
    public static final class MigrationException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        MigrationException(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }
}
