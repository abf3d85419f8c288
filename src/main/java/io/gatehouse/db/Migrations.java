package io.gatehouse.db;

import io.gatehouse.config.Settings.Login;
import io.gatehouse.config.Settings.Postgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import liquibase.exception.LiquibaseException;
import org.jspecify.annotations.Nullable;

/**
 * The schema's changelogs on one database. Each call opens connections of its own, outside the pool: as the role for
 * schema changes where it writes, as the service's role where it only looks. Runs that write exclude each other.
 * Thread-safe.
 */
public final class Migrations {

    /** The changeset that looks whether the users of the Node service can be adopted, and changes nothing. */
    private static final String ADOPTION_CHECK = "adopt-0001-check-node-users";

    private final Postgres settings;
    private final Optional<Instant> epoch;
    private final Login reader;

    /** As a service looks at it, in which no other service has been. */
    public Migrations(Postgres settings) {
        this(settings, Optional.empty(), settings.login());
    }

    /**
     * As the owner of the schema looks at it.
     *
     * @param epoch of the ids that the Node service may have left; the changesets that adopt them look at it
     */
    public Migrations(Postgres settings, Instant epoch) {
        this(settings, Optional.of(epoch), settings.ddl());
    }

    private Migrations(Postgres settings, Optional<Instant> epoch, Login reader) {
        this.settings = settings;
        this.epoch = epoch;
        this.reader = reader;
    }

    /**
     * What a database has and lacks.
     *
     * @param applied ids of the changesets that were applied, in that order
     * @param waiting ids of this build's that were not
     * @param unknown ids that were applied and that this build does not have: a newer one has been here
     */
    public record State(List<String> applied, List<String> waiting, List<String> unknown) {}

    /**
     * Applies what is waiting.
     *
     * @return the ids of the changesets that were applied
     * @throws MigrationException when a changeset fails; those before it stay applied
     */
    public List<String> up() {
        return alone(Migrations::update);
    }

    /** Applies the first changesets alone, to build an older schema. */
    public void up(int count) {
        alone(changelog -> {
            changelog.update(count);
            return count;
        });
    }

    /**
     * Rolls the last changesets back.
     *
     * @throws MigrationException when a rollback fails
     */
    public void down(int count) {
        alone(changelog -> {
            changelog.rollback(count);
            return count;
        });
    }

    /**
     * Rolls these changesets back, if they are still the last ones, in this order.
     *
     * @throws MigrationException when others have come since, or a rollback fails
     */
    public void down(List<String> expected) {
        alone(changelog -> {
            List<String> applied = changelog.applied();
            List<String> last = applied.subList(Math.max(0, applied.size() - expected.size()), applied.size());
            if (!last.reversed().equals(expected)) {
                throw new MigrationException(
                        "Another run has changed what is applied; nothing was done, look again", null);
            }
            changelog.rollback(expected.size());
            return expected;
        });
    }

    /**
     * Drops everything in the schema and applies all changesets.
     *
     * @return their ids
     */
    public List<String> fresh() {
        return alone(
                changelog -> {
                    changelog.dropAll();
                    return List.<String>of();
                },
                Migrations::update);
    }

    private static List<String> update(Changelog changelog) throws LiquibaseException {
        List<String> waiting = changelog.waiting();
        if (stoppedAfterCheck(changelog.applied())) {
            // An earlier run stopped right after the check, which says nothing of the rows of today.
            changelog.rollback(1);
            waiting = changelog.waiting();
        }
        changelog.update();
        return waiting;
    }

    /**
     * The ids of the changesets of this build that are not applied yet. Reads only.
     *
     * @throws MigrationException when the database cannot be asked
     */
    public List<String> waiting() {
        return state().waiting();
    }

    /**
     * What the database has and lacks. Reads only.
     *
     * @throws MigrationException when the database cannot be asked
     */
    public State state() {
        return looking((connection, applied) -> {
            List<String> known = Changelog.on(connection, Changelog::known);
            return new State(
                    applied,
                    known.stream().filter(id -> !applied.contains(id)).toList(),
                    applied.stream().filter(id -> !known.contains(id)).toList());
        });
    }

    /** The SQL that {@link #up} would run. Reads only. */
    public String upSql() {
        String first = epoch.map(it -> epochSetting(it) + ";\n\n").orElse("");
        String last = ownerIsAnother()
                ? "\n"
                        + String.join(
                                ";\n", AppliedChanges.onlyRead(settings.login().user())) + ";\n"
                : "";
        return PrintedSql.STOP
                + first
                + looking((connection, applied) -> {
                    if (stoppedAfterCheck(applied)) {
                        throw new MigrationException(
                                "An earlier run stopped after " + ADOPTION_CHECK
                                        + ", which has to be repeated; apply with ./gatehouse db up",
                                null);
                    }
                    return Changelog.on(connection, Changelog::updateSql);
                })
                + last;
    }

    private boolean ownerIsAnother() {
        return !settings.login().user().equals(settings.ddl().user());
    }

    private static boolean stoppedAfterCheck(List<String> applied) {
        return !applied.isEmpty() && applied.getLast().equals(ADOPTION_CHECK);
    }

    /** For the session: changesets cannot have parameters, which would make their checksums differ. */
    private static String epochSetting(Instant epoch) {
        return "set gatehouse.snowflake_epoch_ms = '" + epoch.toEpochMilli() + "'";
    }

    /** The SQL that {@link #down} would run. Reads only. */
    public String downSql(int count) {
        return PrintedSql.STOP
                + looking((connection, applied) -> Changelog.on(connection, changelog -> changelog.rollbackSql(count)));
    }

    /** The waiting changesets with the statements that {@link #up} would run. Reads only. */
    public List<PlannedChange> planned() {
        return looking((connection, applied) -> Changelog.on(connection, changelog -> changelog.planned(applied)));
    }

    private interface Look<T> {
        T at(Connection connection, List<String> applied) throws Exception;
    }

    private <T> T looking(Look<T> look) {
        // Read-only, whatever Liquibase would like to make or mend.
        try (Connection connection = DirectConnection.reader(settings, reader)) {
            return look.at(connection, AppliedChanges.ids(connection));
        } catch (MigrationException e) {
            throw e;
        } catch (SQLException e) {
            throw new MigrationException("The database cannot be reached: " + e.getMessage(), e);
        } catch (Exception e) {
            throw new MigrationException("The changelog could not be read: " + e.getMessage(), e);
        }
    }

    /** One piece of work after the other, each on a connection of its own; no other run of ours meanwhile. */
    @SafeVarargs
    private <T> T alone(Changelog.Work<T> first, Changelog.Work<T>... further) {
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
        if (ownerIsAnother()) {
            try (Connection connection = DirectConnection.owner(settings)) {
                AppliedChanges.letOnlyRead(connection, settings.login().user());
            }
        }
    }

    /** The schema could not be changed or looked at; the message says why. */
    public static final class MigrationException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        public MigrationException(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }
}
