package io.gatehouse.db;

import io.gatehouse.config.Settings.Login;
import io.gatehouse.config.Settings.Postgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import liquibase.exception.LiquibaseException;
import org.jspecify.annotations.Nullable;

/**
 * The schema's changelogs on one database. Each call opens connections of its own, outside the pool: as the role that owns
 * the schema where it writes, as the role it was made for where it only looks. Runs that write exclude each other.
 * Thread-safe.
 */
public final class Migrations {

    /** The changeset that looks whether the users of the Node service can be adopted, and changes nothing. */
    private static final String ADOPTION_CHECK = "adopt-0001-check-node-users";

    private final Postgres settings;
    private final Optional<Instant> epoch;
    private final Login reader;
    private final SchemaRun run;

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
        this.run = new SchemaRun(settings, epoch);
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
        return run.of(Migrations::update);
    }

    /** Applies the first changesets alone, to build an older schema. */
    public void up(int count) {
        run.of(changelog -> {
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
        run.of(changelog -> {
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
        run.of(changelog -> {
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
        return run.of(
                changelog -> {
                    changelog.dropAll();
                    return List.<String>of();
                },
                Migrations::update);
    }

    private static List<String> update(Changelog changelog) throws LiquibaseException {
        if (stoppedAfterCheck(changelog.applied())) {
            // An earlier run stopped right after the check, which says nothing of the rows of today.
            changelog.rollback(1);
        }
        List<String> waiting = changelog.waiting();
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
        String first = epoch.map(it -> SchemaRun.epochSetting(it) + ";\n\n").orElse("");
        String last = AppliedChanges.isForAnother(settings)
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

    private static boolean stoppedAfterCheck(List<String> applied) {
        return !applied.isEmpty() && applied.getLast().equals(ADOPTION_CHECK);
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

    /** The schema could not be changed or looked at; the message says why. */
    public static final class MigrationException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        public MigrationException(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }
}
