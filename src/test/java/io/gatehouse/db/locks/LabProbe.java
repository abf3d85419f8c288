package io.gatehouse.db.locks;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** A second session, which tries to work while a changeset runs. Gives way to nobody who waits longer than moments. */
final class LabProbe {

    // Only a lock that somebody holds makes it wait at all, so short is long enough.
    private static final String PATIENCE = "set lock_timeout = '10ms'";
    private static final String LOCK_NOT_AVAILABLE = "55P03";

    private final Connection connection;

    LabProbe(Connection connection) throws SQLException {
        this.connection = connection;
        LabServers.run(connection, PATIENCE);
        connection.setAutoCommit(false);
    }

    /** Those of SELECT, INSERT and UPDATE that have to wait. */
    List<String> waiting(String table) throws SQLException {
        List<String> waiting = new ArrayList<>();
        for (String sql : LabTables.probes(table)) {
            if (waits(sql)) {
                waiting.add(sql);
            }
        }
        return waiting;
    }

    private boolean waits(String sql) throws SQLException {
        try {
            LabServers.run(connection, sql);
            return false;
        } catch (SQLException e) {
            if (LOCK_NOT_AVAILABLE.equals(e.getSQLState())) {
                return true;
            }
            throw e;
        } finally {
            connection.rollback();
        }
    }
}
