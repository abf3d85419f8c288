package io.gatehouse.db;

import io.gatehouse.db.Migrations.MigrationException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/**
 * One run of the changelogs at a time: advisory locks, which PostgreSQL frees when their holder dies. It notices that
 * only when it next talks to the client: at once on an idle connection, but a statement goes on to its end. So there are
 * two locks, one for the run and one that each working connection holds. Stateless.
 */
final class SchemaLock {

    /** "gatehous" in ASCII. */
    static final long RUN = 0x6761_7465_686F_7573L;

    private static final long WORK = RUN + 1;

    /** PostgreSQL 14 and later can look after the client during a statement. Whoever has set it knows better. */
    private static final String LOOK_AFTER_CLIENT = """
            select set_config(name, '1s', false)
              from pg_settings
             where name = 'client_connection_check_interval' and setting = '0'""";

    /** For a client whose machine has gone without a word. */
    private static final String NOTICE_DEAD_HOST =
            "set tcp_keepalives_idle = 30; set tcp_keepalives_interval = 10; set tcp_keepalives_count = 3";

    /** Where the server knows them: 14 and 17. */
    private static final String NO_LIMITS = """
            select set_config(name, '0', false)
              from pg_settings
             where name in ('statement_timeout', 'idle_session_timeout', 'transaction_timeout')""";

    private static final String INVALID_VALUE = "22023";
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final long POLL_MS = 100;

    private SchemaLock() {}

    /** Excludes other runs for as long as the connection is open; it must do nothing else. */
    static void await(Connection idle) throws SQLException {
        outlastEverything(idle);
        await(idle, RUN);
    }

    /**
     * Waits on a connection that will work for the last statement of a killed run. Without it the next run would wait
     * for the lock of a concurrent index build that itself waits for the snapshots of others: a deadlock.
     */
    static void awaitWork(Connection working) throws SQLException {
        outlastEverything(working);
        lookAfterClient(working);
        await(working, WORK);
    }

    /** Roles may have limits that are meant for services; a migration takes as long as it takes. */
    private static void outlastEverything(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(NOTICE_DEAD_HOST);
            statement.execute(NO_LIMITS);
        }
    }

    private static void lookAfterClient(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(LOOK_AFTER_CLIENT);
        } catch (SQLException e) {
            // Some systems cannot; there the next run has to wait longer.
            if (!INVALID_VALUE.equals(e.getSQLState())) {
                throw e;
            }
        }
    }

    /** Polled, not awaited: a waiting lock holds a snapshot that a concurrent index build would wait for. */
    private static void await(Connection connection, long key) throws SQLException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        try (PreparedStatement attempt = connection.prepareStatement("select pg_try_advisory_lock(?)")) {
            attempt.setLong(1, key);
            while (!locked(attempt)) {
                if (System.nanoTime() > deadline) {
                    throw new MigrationException("Another run has held the schema for 5 minutes; look for it", null);
                }
                Thread.sleep(POLL_MS);
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
}
