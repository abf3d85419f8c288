package io.gatehouse.db.lint;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;

/** What stands around the SQL of every changeset file. Stateless. */
final class FormRules {

    private static final String START = "--liquibase formatted sql\n";
    private static final Set<String> ATTRIBUTES =
            Set.of("runInTransaction:false", "splitStatements:false", "rollbackSplitStatements:false");
    private static final int FEWEST_WORDS = 4;

    /** What {@code db new} writes, to be replaced. */
    private static final String TEMPLATE = "What this does, and how heavy it is";

    private FormRules() {}

    static void header(ChangeFile file, Findings findings) {
        if (!file.text().startsWith(START)) {
            findings.add(file, "does not start with " + START.strip(), "make that its first line");
        }
        List<MatchResult> headers = file.headers();
        if (headers.size() != 1) {
            findings.add(file, "has " + headers.size() + " changesets", "one file is one change: split it");
            return;
        }
        MatchResult header = headers.getFirst();
        String expected = "--changeset gatehouse:" + file.expectedId();
        if (!header.group().startsWith(expected + header.group(3))) {
            findings.add(file, "its id is not its name", "write " + expected);
        }
        for (String attribute : header.group(3).strip().split("\\s+", -1)) {
            if (!attribute.isEmpty() && !ATTRIBUTES.contains(attribute)) {
                findings.add(file, "has the attribute " + attribute, "only " + ATTRIBUTES + " keep history plain");
            }
        }
    }

    static void comment(ChangeFile file, Findings findings) {
        String comment = file.comment().orElse("");
        if (comment.startsWith(TEMPLATE) || comment.split("\\s+", -1).length < FEWEST_WORDS) {
            findings.add(
                    file,
                    "has no comment that says what it does and how heavy it is",
                    "write it after --comment: below --changeset");
        }
    }

    /** Liquibase puts values in, and the checksum would hang on where the changelog runs. */
    static void parameters(ChangeFile file, Findings findings) {
        if (file.text().contains("${")) {
            findings.add(file, "contains ${, which Liquibase takes for a parameter", "write it in other words");
        }
        if (file.text().toLowerCase(Locale.ROOT).contains("validchecksum")) {
            findings.add(file, "validCheckSum lets edits pass", "write a new changeset with ./gatehouse db new");
        }
    }
}
