package io.gatehouse.db;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.postgresql.PGConnection;

/**
 * What answers at the other end of a connection.
 *
 * @param standby whether it only replays another's changes
 * @param pooled whether a pooler stands before it: the process that answered the sign-in is then not the one that
 *     executes statements, and the next statement may reach another one still
 */
record Server(boolean standby, boolean pooled) {

    static Server of(Connection connection) throws SQLException {
        int greeted = connection.unwrap(PGConnection.class).getBackendPID();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select pg_is_in_recovery(), pg_backend_pid()")) {
            row.next();
            return new Server(row.getBoolean(1), row.getInt(2) != greeted);
        }
    }
}
