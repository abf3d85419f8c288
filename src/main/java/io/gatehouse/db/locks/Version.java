package io.gatehouse.db.locks;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;

/**
 * Of a PostgreSQL server.
 *
 * @param number such as 18.6, without what a distribution adds
 */
record Version(int major, String number) {

    static Version of(Connection connection) throws SQLException {
        DatabaseMetaData server = connection.getMetaData();
        return new Version(
                server.getDatabaseMajorVersion(),
                server.getDatabaseProductVersion().split(" ", 2)[0]);
    }
}
