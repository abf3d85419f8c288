package io.gatehouse.db;

import io.gatehouse.db.Migrations.MigrationException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;

/** One run of the changelogs at a time: an advisory lock, which PostgreSQL frees when its holder dies. Stateless. */
final class SchemaLock {

    /** "gatehous" in ASCII. */
    private static final long KEY = 0x6761_7465_686F_7573L;

    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final long POLL_MS = 100;

    private SchemaLock() {}

    /** Polled, not awaited: a waiting lock holds a snapshot that a concurrent index build would wait for. */
    static void await(Connection connection) throws SQLException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        try (PreparedStatement attempt = connection.prepareStatement("select pg_try_advisory_lock(?)")) {
            attempt.setLong(1, KEY);
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
