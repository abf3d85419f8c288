package io.gatehouse.db.lint;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** What may be done to a table that is in use. Stateless. */
final class TableRules {

    /** Texts are empty here, so the length of the wait is not looked at. */
    private static final String LIMIT = "set local lock_timeout = ''";

    private static final String ADD_LIMIT = "set local lock_timeout = '2s'; before the first of them";

    private static final Pattern RENAME = Pattern.compile("^alter .*\\brename\\b");
    private static final Pattern TYPE = Pattern.compile("\\balter (?:column )?\\w+ (?:set data )?type\\b");
    private static final Pattern NOT_NULL = Pattern.compile("\\balter (?:column )?\\w+ set not null\\b");
    private static final Pattern CONSTRAINT =
            Pattern.compile("\\badd (?:constraint \\w+ )?(?<kind>check|foreign key|unique|primary key|exclude)\\b");
    private static final Pattern INLINE =
            Pattern.compile("\\badd column [^,]*\\b(?:references|unique|primary key|check)\\b");
    private static final Pattern BACKFILL = Pattern.compile("^(?:update|delete from) (?:only )?(?<table>\\w+)");

    private TableRules() {}

    static void lockTimeout(ChangeFile file, Findings findings) {
        if (!file.inTransaction()) {
            return;
        }
        Set<String> own = Touched.created(file.up());
        if (!limited(file.up(), own)) {
            findings.add(file, "touches a table that is in use without a lock timeout", "add " + ADD_LIMIT);
        }
        Set<String> referenced = Touched.referenced(file.up());
        referenced.removeAll(own);
        // Dropping a table with a foreign key locks the table that it points to.
        boolean dropsReference = file.down().stream().anyMatch(statement -> statement.startsWith("drop table"))
                && !referenced.isEmpty()
                && !file.down().getFirst().equals(LIMIT);
        if (!limited(file.down(), own) || dropsReference) {
            findings.add(
                    file,
                    "its rollback touches a table that is in use without a lock timeout",
                    "add --rollback " + ADD_LIMIT);
        }
    }

    private static boolean limited(List<String> statements, Set<String> own) {
        for (String statement : statements) {
            if (statement.equals(LIMIT)) {
                return true;
            }
            Set<String> others = new HashSet<>(Touched.locked(List.of(statement)));
            others.removeAll(own);
            if (!others.isEmpty()) {
                return false;
            }
        }
        return true;
    }

    static void inPlace(ChangeFile file, Findings findings) {
        for (String statement : onExisting(file)) {
            if (RENAME.matcher(statement).find()) {
                findings.add(
                        file,
                        "renames what the running release uses",
                        "add the new one beside it, and drop the old one in a later release");
            }
            if (TYPE.matcher(statement).find()) {
                findings.add(
                        file,
                        "changes a type in place, which rewrites the table",
                        "add a column of the new type and copy in batches");
            }
        }
    }

    static void constraints(ChangeFile file, Findings findings) {
        boolean adds = false;
        for (String statement : onExisting(file)) {
            boolean unvalidated = statement.contains("not valid");
            if (CONSTRAINT.matcher(statement).results().anyMatch(found -> holdsUp(found.group("kind"), statement))
                    || INLINE.matcher(statement).find()) {
                findings.add(
                        file,
                        "a constraint reads a table that is in use under a lock",
                        "add it by name and NOT VALID (unique: USING INDEX), and VALIDATE it in the next file");
            }
            // Whoever drops a check in the same file has proved it with that one, and nothing is read.
            if (NOT_NULL.matcher(statement).find()
                    && file.up().stream().noneMatch(other -> other.contains("drop constraint"))) {
                findings.add(
                        file,
                        "SET NOT NULL reads a table that is in use under a lock",
                        "add a check (… is not null) NOT VALID, VALIDATE it in the next file, and in the one after it SET"
                                + " NOT NULL and drop that check");
            }
            adds |= unvalidated;
            if (adds && statement.contains("validate constraint")) {
                findings.add(
                        file,
                        "validates in the transaction that adds the constraint and keeps its lock",
                        "VALIDATE in the next file");
            }
        }
    }

    private static boolean holdsUp(String kind, String statement) {
        return switch (kind) {
            case "check", "foreign key" -> !statement.contains("not valid");
            case "unique", "primary key" -> !statement.contains("using index");
            default -> true;
        };
    }

    static void backfill(ChangeFile file, Findings findings) {
        Set<String> own = Touched.created(file.up());
        file.up().stream()
                .flatMap(statement -> BACKFILL.matcher(statement).results())
                .filter(found -> !own.contains(found.group("table")))
                .forEach(found -> findings.add(
                        file,
                        "changes the rows of " + found.group("table") + " in one transaction",
                        "do it in bounded batches outside the changelog"));
    }

    /** The statements that alter what the file does not make itself. */
    static List<String> onExisting(ChangeFile file) {
        Set<String> own = Touched.created(file.up());
        return file.up().stream()
                .filter(statement -> statement.startsWith("alter"))
                .filter(statement -> !own.containsAll(Touched.locked(List.of(statement)))
                        || Touched.locked(List.of(statement)).isEmpty())
                .toList();
    }
}
