package io.gatehouse.db;

import java.util.Collection;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What Liquibase would run, as a script for psql. Liquibase's own text has no transactions: in psql a changeset that
 * fails halfway would stay half applied, and SET LOCAL would set nothing. Stateless.
 */
final class PrintedSql {

    private static final Pattern CHANGE =
            Pattern.compile("-- (?:Changeset |Rolling Back ChangeSet: )\\S+::(\\S+)::\\S+");

    /** Else psql would go on behind a changeset that refused, with those that build on it. */
    static final String STOP = "\\set ON_ERROR_STOP on\n";

    private PrintedSql() {}

    /** @param alone ids of the changesets that do not run in a transaction */
    static String withTransactions(String sql, Collection<String> alone) {
        StringBuilder script = new StringBuilder();
        boolean open = false;
        for (String line : sql.stripTrailing().split("\n", -1)) {
            Optional<String> begun = begun(line);
            if (begun.isPresent() && open) {
                script.append("commit;\n\n");
            }
            script.append(line).append('\n');
            if (begun.isPresent()) {
                open = !alone.contains(begun.get());
                script.append(open ? "begin;\n" : "");
            }
        }
        return script.append(open ? "commit;\n" : "").toString();
    }

    private static Optional<String> begun(String line) {
        Matcher change = CHANGE.matcher(line);
        return change.matches() ? Optional.of(change.group(1)) : Optional.empty();
    }
}
