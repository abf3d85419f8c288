package io.gatehouse.db.locks;

import io.gatehouse.db.locks.Report.Effect;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * How many rows that are there a statement would change on the target, by the estimate of the target's own planner; it
 * is planned there and not run. The copy has no rows, so that its plans are good for nothing. Stateless.
 */
final class ChangedRows {

    private static final Pattern PLANNED = Pattern.compile("^(update|delete|merge) |^with .*\\b(update|delete|merge) ");

    /** What these change is not said by their words: blocks, functions, rows that are there already. */
    private static final Pattern HIDDEN =
            Pattern.compile("^(do|call|select|with)\\b|^insert .* on conflict .* do update");

    /** "Syntax error or access rule violation": the target lacks what an earlier changeset makes. */
    private static final String NOT_THERE = "42";

    /** Lock timeout; and what a text does behind its first statement, of which nothing is run: read-only transaction. */
    private static final Set<String> UNTOLD = Set.of("55P03", "25006");

    private ChangedRows() {}

    /** Empty where nobody can tell. */
    static OptionalLong of(Connection target, String sql, List<Effect> effects) throws SQLException {
        SqlText text = SqlText.of(sql);
        if (text.matches(PLANNED)) {
            return planned(target, sql);
        }
        boolean writes = effects.stream().anyMatch(effect -> effect.lock() == LockMode.ROW_EXCLUSIVE);
        return writes && text.matches(HIDDEN) ? OptionalLong.empty() : OptionalLong.of(0);
    }

    /** In a transaction of its own, because the driver forgets outside of one that a connection is read-only. */
    private static OptionalLong planned(Connection target, String sql) throws SQLException {
        target.setAutoCommit(false);
        try (Statement statement = target.createStatement()) {
            // Planning locks, too, and must not queue behind others' work for long.
            statement.execute("set local lock_timeout = '1s'");
            statement.execute("explain (format json) " + sql);
            try (ResultSet row = statement.getResultSet()) {
                boolean alone = row.next()
                        && !statement.getMoreResults(Statement.KEEP_CURRENT_RESULT)
                        && statement.getUpdateCount() < 0;
                return alone ? changed(row.getString(1)) : OptionalLong.empty();
            }
        } catch (SQLException e) {
            String state = String.valueOf(e.getSQLState());
            if (state.startsWith(NOT_THERE) || UNTOLD.contains(state)) {
                return OptionalLong.empty();
            }
            throw e;
        } finally {
            target.rollback();
            target.setAutoCommit(true);
        }
    }

    private static OptionalLong changed(String plans) {
        return changed(new JsonMapper().readTree(plans).path(0).path("Plan"));
    }

    /** What flows into the node that modifies; subselects that are computed once stand beside it. */
    private static OptionalLong changed(JsonNode plan) {
        for (JsonNode child : plan.path("Plans")) {
            if (child.path("Parent Relationship").asString().equals("Outer")) {
                return OptionalLong.of(child.path("Plan Rows").asLong());
            }
        }
        return OptionalLong.empty();
    }
}
