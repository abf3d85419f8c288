package io.gatehouse.db;

import io.gatehouse.config.Settings.Postgres;
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

    private static final String HISTORY = "databasechangelog";

    /** Made with it by a run, but not by a script of a run. */
    private static final String LOCK = "databasechangeloglock";

    /** The role may come later; without any changeset there are no tables. */
    private static final String BOTH =
            "select to_regclass('databasechangelog') is not null and to_regrole(?) is not null";

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

    /** Whether the service has another role than the owner of the schema, which has to be kept from the history. */
    static boolean isForAnother(Postgres settings) {
        return !settings.login().user().equals(settings.ddl().user());
    }

    /** SQL that takes from a role what its rights on all tables of the schema would let it do to the history. */
    static List<String> onlyRead(String role) {
        return onlyRead(HISTORY, role);
    }

    private static List<String> onlyRead(String tables, String role) {
        String name = quoted(role);
        return List.of("revoke all on " + tables + " from " + name, "grant select on " + tables + " to " + name);
    }

    /** Runs it, where there are such a role and such tables. */
    static void letOnlyRead(Connection connection, String role) throws SQLException {
        try (PreparedStatement question = connection.prepareStatement(BOTH);
                Statement statement = connection.createStatement()) {
            question.setString(1, quoted(role));
            try (ResultSet answer = question.executeQuery()) {
                if (answer.next() && answer.getBoolean(1)) {
                    for (String sql : onlyRead(HISTORY + ", " + LOCK, role)) {
                        statement.execute(sql);
                    }
                }
            }
        }
    }

    private static String quoted(String role) {
        return '"' + role.replace("\"", "\"\"") + '"';
    }
}
