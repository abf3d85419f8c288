package io.gatehouse.db;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** What Liquibase's table says was applied, read without Liquibase, which would create and mend its tables. */
final class AppliedChanges {

    /** No such table: nothing was ever applied. */
    private static final String UNDEFINED_TABLE = "42P01";

    /** Nothing where there is no such role, which may come later, or no such table. */
    private static final String GRANTS = """
            select format('revoke all on %1$s from %2$I; grant select on %1$s to %2$I',
                       'databasechangelog, databasechangeloglock', rolname)
              from pg_roles
             where rolname = ? and to_regclass('databasechangelog') is not null""";

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

    /** Takes from a role what its rights on all tables of the schema would let it do to these. */
    static void letOnlyRead(Connection connection, String role) throws SQLException {
        try (PreparedStatement question = connection.prepareStatement(GRANTS);
                Statement statement = connection.createStatement()) {
            question.setString(1, role);
            try (ResultSet grants = question.executeQuery()) {
                if (grants.next()) {
                    statement.execute(grants.getString(1));
                }
            }
        }
    }
}
