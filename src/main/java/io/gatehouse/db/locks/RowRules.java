package io.gatehouse.db.locks;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What foreign keys do to other tables when rows are inserted or deleted: on a copy without rows they do nothing.
 * PostgreSQL manual, section 5.5.5: the other table is asked for key share, or changed by ON DELETE CASCADE and SET NULL,
 * and read as a whole where no index leads to the rows. Other triggers are not foreseen. Stateless.
 */
final class RowRules {

    private static final String NAME = "(?<table>(?:\"[^\"]+\"|[\\w$]+)(?:\\.(?:\"[^\"]+\"|[\\w$]+))?)";
    private static final Pattern INSERT = Pattern.compile("^insert into " + NAME, Pattern.CASE_INSENSITIVE);
    private static final Pattern DELETE = Pattern.compile("^delete from (?:only )?" + NAME, Pattern.CASE_INSENSITIVE);

    private static final String REFERRED_TO = """
            select confrelid, false, false
              from pg_constraint
             where contype = 'f' and conrelid = to_regclass(?)""";

    private static final String REFERRING = """
            select conrelid,
                   confdeltype in ('c', 'n', 'd'),
                   not exists (
                       select from pg_index i
                        where i.indrelid = k.conrelid and i.indkey[0] = k.conkey[1] and i.indisvalid and i.indpred is null)
              from pg_constraint k
             where contype = 'f' and confrelid = to_regclass(?)""";

    private RowRules() {}

    /** Nothing for statements that are neither. */
    static Observation foretell(Connection connection, String sql) throws SQLException {
        String line = SqlText.oneLine(sql);
        Matcher insert = INSERT.matcher(line);
        if (insert.find()) {
            return ask(connection, REFERRED_TO, insert.group("table"));
        }
        Matcher delete = DELETE.matcher(line);
        return delete.find() ? ask(connection, REFERRING, delete.group("table")) : Observation.NONE;
    }

    private static Observation ask(Connection connection, String question, String table) throws SQLException {
        Map<Long, LockMode> locks = new HashMap<>();
        Set<Long> scanned = new HashSet<>();
        try (PreparedStatement statement = connection.prepareStatement(question)) {
            statement.setString(1, table);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    LockMode lock = rows.getBoolean(2) ? LockMode.ROW_EXCLUSIVE : LockMode.ROW_SHARE;
                    locks.merge(rows.getLong(1), lock, LockMode::stronger);
                    if (rows.getBoolean(3)) {
                        scanned.add(rows.getLong(1));
                    }
                }
            }
        }
        return new Observation(locks, Set.of(), scanned);
    }
}
