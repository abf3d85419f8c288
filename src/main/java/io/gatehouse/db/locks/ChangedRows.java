package io.gatehouse.db.locks;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * How many rows an UPDATE, DELETE or MERGE would change on the target, by the estimate of the target's own planner; it
 * is planned there and not run. The copy has no rows, so that every plan of it is good for nothing. Stateless.
 */
final class ChangedRows {

    private static final Pattern CHANGES = Pattern.compile("^(with .*)?\\b(update|delete|merge) ");

    /** Those that the plan below the one that modifies gives; the latter itself gives none. */
    private static final Pattern ROWS = Pattern.compile("\"Plan Rows\": (\\d+)");

    private ChangedRows() {}

    /** Whether a statement changes rows that are there. */
    static boolean concerns(String sql) {
        return SqlText.of(sql).matches(CHANGES);
    }

    /** Empty where the target cannot plan it, because an earlier changeset would have to be applied first. */
    static OptionalLong on(Connection target, String sql) {
        try (Statement statement = target.createStatement();
                ResultSet row = statement.executeQuery("explain (format json) " + sql)) {
            row.next();
            return ROWS.matcher(row.getString(1))
                    .results()
                    .skip(1)
                    .mapToLong(rows -> Long.parseLong(rows.group(1)))
                    .findFirst();
        } catch (SQLException e) {
            return OptionalLong.empty();
        }
    }
}
