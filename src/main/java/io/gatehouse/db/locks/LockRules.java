package io.gatehouse.db.locks;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What statements do that cannot run in a transaction, and so cannot be watched from inside it. From the pages of
 * PostgreSQL's manual on each, 13 to 18. Stateless.
 */
final class LockRules {

    private static final String NAME = "((?:\"[^\"]+\"|[\\w$]+)(?:\\.(?:\"[^\"]+\"|[\\w$]+))?)";
    private static final String OPTIONS = "(?:\\([^)]*\\) )?";

    /**
     * @param names which groups of the pattern name a table or index, with the lock that it gets
     * @param reads whether the first one is read as a whole
     * @param writes whether the first one is written anew
     */
    private record Rule(Pattern pattern, List<LockMode> names, boolean reads, boolean writes) {

        Rule(String pattern, List<LockMode> names, boolean reads, boolean writes) {
            this(Pattern.compile("^" + pattern + ";?$", Pattern.CASE_INSENSITIVE), names, reads, writes);
        }
    }

    private static final List<Rule> RULES = List.of(
            // sql-createindex: reads the table twice and waits for older transactions in between.
            new Rule(
                    "create (?:unique )?index concurrently .*? on (?:only )?" + NAME + "[ (].*",
                    List.of(LockMode.SHARE_UPDATE_EXCLUSIVE),
                    true,
                    false),
            // sql-dropindex
            new Rule(
                    "drop index concurrently (?:if exists )?" + NAME + "(?: cascade| restrict)?",
                    List.of(LockMode.SHARE_UPDATE_EXCLUSIVE),
                    false,
                    false),
            // sql-reindex; the word may also stand among the options.
            new Rule(
                    "reindex (?:\\([^)]*concurrently[^)]*\\) (?:index|table)|" + OPTIONS
                            + "(?:index|table) concurrently) " + NAME,
                    List.of(LockMode.SHARE_UPDATE_EXCLUSIVE),
                    true,
                    false),
            // sql-vacuum
            new Rule(
                    "vacuum (?:\\([^)]*full[^)]*\\)|full)(?: freeze| verbose| analyze)* " + NAME,
                    List.of(LockMode.ACCESS_EXCLUSIVE),
                    true,
                    true),
            new Rule(
                    "vacuum " + OPTIONS + "(?:(?:freeze|verbose|analyze) )*" + NAME,
                    List.of(LockMode.SHARE_UPDATE_EXCLUSIVE),
                    true,
                    false),
            // sql-altertable: the partition's lock comes with the second transaction, and is short.
            new Rule(
                    "alter table (?:only )?" + NAME + " detach partition " + NAME + " concurrently",
                    List.of(LockMode.SHARE_UPDATE_EXCLUSIVE, LockMode.ACCESS_EXCLUSIVE),
                    false,
                    false));

    private static final Pattern IF_EXISTS = Pattern.compile(" if exists ", Pattern.CASE_INSENSITIVE);

    private LockRules() {}

    /**
     * What a statement is going to do. Names that are not there, as IF EXISTS allows, have no locks.
     *
     * @return empty when no rule knows the statement
     */
    static Optional<Observation> foretell(Connection connection, String sql) throws SQLException {
        String line = SqlText.oneLine(sql);
        for (Rule rule : RULES) {
            Matcher found = rule.pattern().matcher(line);
            if (found.matches()) {
                Observation foretold = apply(rule, found, connection);
                // A word that names nothing is none of a table: the statement means more than the rule knows.
                boolean understood =
                        !foretold.locks().isEmpty() || IF_EXISTS.matcher(line).find();
                return understood ? Optional.of(foretold) : Optional.empty();
            }
        }
        return Optional.empty();
    }

    private static Observation apply(Rule rule, Matcher found, Connection connection) throws SQLException {
        Map<Long, LockMode> locks = new HashMap<>();
        for (int i = 0; i < rule.names().size(); i++) {
            Optional<Long> oid = oid(connection, found.group(i + 1));
            if (oid.isPresent()) {
                locks.put(oid.get(), rule.names().get(i));
            }
        }
        Set<Long> first = oid(connection, found.group(1)).map(Set::of).orElse(Set.of());
        return new Observation(locks, rule.writes() ? first : Set.of(), rule.reads() ? first : Set.of());
    }

    private static Optional<Long> oid(Connection connection, String name) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("select to_regclass(?)::oid")) {
            statement.setString(1, name);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                long oid = row.getLong(1);
                return row.wasNull() ? Optional.empty() : Optional.of(oid);
            }
        }
    }
}
