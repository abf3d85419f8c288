package io.gatehouse.db;

import io.gatehouse.config.Settings.Postgres;
import io.gatehouse.db.Migrations.MigrationException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.Optional;

/**
 * How changelogs are worked on where something is written: by one run at a time, on the server itself, as the owner of
 * the schema. Thread-safe.
 */
final class SchemaRun {

    private final Postgres settings;
    private final Optional<Instant> epoch;

    /** @param epoch told to the changesets that adopt users of the Node service */
    SchemaRun(Postgres settings, Optional<Instant> epoch) {
        this.settings = settings;
        this.epoch = epoch;
    }

    /** For the session: changesets cannot have parameters, which would make their checksums differ. */
    static String epochSetting(Instant epoch) {
        return "set gatehouse.snowflake_epoch_ms = '" + epoch.toEpochMilli() + "'";
    }

    /**
     * One piece of work after the other, each on a connection of its own; no other run of ours meanwhile.
     *
     * @throws MigrationException when the server is none to be changed, or the work fails
     */
    @SafeVarargs
    final <T> T of(Changelog.Work<T> first, Changelog.Work<T>... further) {
        try (Connection lock = DirectConnection.owner(settings)) {
            requireChangeable(lock);
            SchemaLock.await(lock);
            T result = work(first);
            for (Changelog.Work<T> next : further) {
                result = work(next);
            }
            return result;
        } catch (MigrationException e) {
            throw e;
        } catch (SQLException e) {
            throw new MigrationException("The database cannot be reached: " + e.getMessage(), e);
        } catch (Exception e) {
            throw new MigrationException(FailedChange.words(e), e);
        }
    }

    /** Refuses servers on which a run could only go wrong, or be unsafe. */
    private void requireChangeable(Connection connection) throws SQLException {
        Server server = Server.of(connection);
        if (server.standby()) {
            throw new MigrationException(
                    "The server at " + settings.hosts(", ") + " is a standby; name the primary in POSTGRE_HOST", null);
        }
        if (server.pooled()) {
            throw new MigrationException(
                    "Between here and the database stands a pooler such as PgBouncer, through which the lock of schema"
                            + " changes would not hold; point POSTGRE_HOST and POSTGRE_PORT at PostgreSQL itself",
                    null);
        }
    }

    private <T> T work(Changelog.Work<T> work) throws Exception {
        try (Connection connection = DirectConnection.owner(settings)) {
            SchemaLock.awaitWork(connection);
            if (epoch.isPresent()) {
                try (Statement statement = connection.createStatement()) {
                    statement.execute(epochSetting(epoch.get()));
                }
            }
            return Changelog.on(connection, changelog -> {
                changelog.clearLock();
                return work.on(changelog);
            });
        } finally {
            protectHistory();
        }
    }

    /** After a run that failed, too: its tables are there. Liquibase has closed the connection that it worked on. */
    private void protectHistory() throws SQLException {
        if (AppliedChanges.isForAnother(settings)) {
            try (Connection connection = DirectConnection.owner(settings)) {
                AppliedChanges.letOnlyRead(connection, settings.login().user());
            }
        }
    }
}
