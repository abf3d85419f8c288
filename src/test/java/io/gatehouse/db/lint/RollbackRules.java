package io.gatehouse.db.lint;

import java.util.List;
import java.util.Set;

/** The way back of a changeset file. Stateless. */
final class RollbackRules {

    /** With which a statement of a rollback may begin. */
    private static final Set<String> VERBS =
            Set.of("alter", "comment", "create", "delete", "do", "drop", "insert", "reset", "select", "set", "update");

    /** How Liquibase is told that nothing has to be taken back: for checks, which change nothing. */
    private static final Set<String> NOTHING = Set.of("empty", "not required");

    private RollbackRules() {}

    static void check(ChangeFile file, Findings findings) {
        if (file.rollback().isBlank()) {
            findings.add(file, "has no rollback", "add --rollback lines that take it back; a test runs them");
            return;
        }
        for (String line : file.rollbackLines()) {
            if (!line.startsWith("--rollback ")) {
                findings.add(
                        file,
                        "Liquibase takes \"" + line + "\" for SQL of the rollback",
                        "reword the line, or write --rollback if it is meant");
            }
        }
        List<String> statements = file.down();
        if (!file.folder().equals("changes") && statements.stream().allMatch(NOTHING::contains)) {
            return;
        }
        for (String statement : statements) {
            if (!VERBS.contains(statement.split("[ (]", -1)[0])) {
                findings.add(file, "its rollback has no SQL in \"" + statement + "\"", "write what takes it back");
            }
        }
    }
}
