package io.gatehouse.db;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** What Liquibase's table says was applied, read without Liquibase, which would create and mend its tables. */
final class AppliedChanges {

    /** No such table: nothing was ever applied. */
    private static final String UNDEFINED_TABLE = "42P01";

    private AppliedChanges() {}

    /** Ids of the applied changesets, in order. */
    static List<String> ids(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select id from databasechangelog order by orderexecuted")) {
            List<String> ids = new ArrayList<>();
            while (rows.next()) {
                ids.add(rows.getString(1));
            }
            return ids;
        } catch (SQLException e) {
            if (UNDEFINED_TABLE.equals(e.getSQLState())) {
                return List.of();
            }
            throw e;
        }
    }
}
