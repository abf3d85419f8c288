package io.gatehouse.db.locks;

import io.gatehouse.db.Migrations.MigrationException;
import io.gatehouse.db.PlannedChange;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Runs changesets on a copy and watches. A changeset runs as a whole first, and is taken back, to see that it works;
 * then each of its statements in a transaction of its own, so that its locks are told from those of the ones before it.
 * Not thread-safe.
 */
final class Rehearsal {

    /** "cannot run inside a transaction block"; PostgreSQL manual, appendix A. */
    private static final String NOT_IN_A_TRANSACTION = "25001";

    private final Connection copy;

    /** @param copy left in autocommit mode */
    Rehearsal(Connection copy) throws SQLException {
        this.copy = copy;
        try (Statement statement = copy.createStatement()) {
            // A row that refers to one of the target's would be refused here; what its keys lock is known by rule.
            statement.execute("set session_replication_role = replica");
            statement.execute("set synchronous_commit = off");
        }
    }

    /** How it is known what a statement does. */
    enum Source {
        WATCHED,
        RULE,
        /** It cannot run in a transaction, and no rule knows it. */
        NONE
    }

    /**
     * What a statement did.
     *
     * @param lockTimeout whether it gives up when it does not get its locks
     */
    record Seen(String sql, Observation observation, Source source, boolean lockTimeout) {

        Seen with(Observation other) {
            return new Seen(sql, other, source, lockTimeout);
        }
    }

    /** @throws MigrationException when the changeset fails on the copy */
    List<Seen> run(PlannedChange change) throws SQLException {
        if (change.transactional()) {
            tryWhole(change);
        }
        List<Seen> seen = new ArrayList<>();
        List<String> settings = new ArrayList<>();
        for (String sql : change.statements()) {
            seen.add(watched(change, sql, settings));
            if (SqlText.of(sql).isSetting()) {
                settings.add(sql);
            }
        }
        return seen;
    }

    private void tryWhole(PlannedChange change) throws SQLException {
        copy.setAutoCommit(false);
        try (Statement statement = copy.createStatement()) {
            for (String sql : change.statements()) {
                try {
                    statement.execute(sql);
                } catch (SQLException e) {
                    throw failure(change, sql, e);
                }
            }
        } finally {
            copy.rollback();
            copy.setAutoCommit(true);
        }
    }

    private Seen watched(PlannedChange change, String sql, List<String> settings) throws SQLException {
        copy.setAutoCommit(false);
        try (Statement statement = copy.createStatement()) {
            for (String setting : settings) {
                statement.execute(setting);
            }
            boolean lockTimeout = lockTimeout(statement);
            Observation.Before before = Observation.Before.of(copy);
            statement.execute(sql);
            Observation observation = before.after(copy).and(RowRules.foretell(copy, sql));
            // A DO block may set one for itself.
            lockTimeout |= lockTimeout(statement);
            copy.commit();
            return new Seen(sql, observation, Source.WATCHED, lockTimeout);
        } catch (SQLException e) {
            copy.rollback();
            if (change.transactional() || !NOT_IN_A_TRANSACTION.equals(e.getSQLState())) {
                throw failure(change, sql, e);
            }
        } finally {
            copy.setAutoCommit(true);
        }
        return alone(change, sql);
    }

    private Seen alone(PlannedChange change, String sql) throws SQLException {
        try (Statement statement = copy.createStatement()) {
            boolean lockTimeout = lockTimeout(statement);
            Optional<Observation> foretold = LockRules.foretell(copy, sql);
            statement.execute(sql);
            return new Seen(
                    sql,
                    foretold.orElse(Observation.NONE),
                    foretold.isPresent() ? Source.RULE : Source.NONE,
                    lockTimeout);
        } catch (SQLException e) {
            throw failure(change, sql, e);
        }
    }

    private static boolean lockTimeout(Statement statement) throws SQLException {
        try (var row = statement.executeQuery("select current_setting('lock_timeout') <> '0'")) {
            return row.next() && row.getBoolean(1);
        }
    }

    private static MigrationException failure(PlannedChange change, String sql, SQLException e) {
        return new MigrationException(
                "%s fails on a copy of the schema, at \"%s\": %s"
                        .formatted(change.file(), SqlText.shortened(sql), e.getMessage()),
                e);
    }
}
