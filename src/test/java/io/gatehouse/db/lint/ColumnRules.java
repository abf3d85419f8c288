package io.gatehouse.db.lint;

import java.util.List;
import java.util.regex.Pattern;

/** Types and defaults. Stateless. */
final class ColumnRules {

    private static final Pattern DEFINES = Pattern.compile("^(?:create (?:unlogged )?table|alter table)\\b");

    private record Rule(Pattern pattern, String wrong, String mend) {
        Rule(String pattern, String wrong, String mend) {
            this(Pattern.compile(pattern), wrong, mend);
        }
    }

    private static final List<Rule> TYPES = List.of(
            new Rule(
                    "\\b(?:varchar|character varying|(?:char|character|bpchar) ?\\()",
                    "limits a text by its type",
                    "write text and a CHECK with char_length"),
            new Rule(
                    "(?<!current_)\\btimestamp\\b(?! ?(?:\\(\\d\\) )?with time zone)",
                    "stores times without a zone",
                    "write timestamptz"),
            new Rule(
                    "\\b(?:id|\\w+_id) (?:int|integer|int4|(?:small|big)?serial)\\b|\\b(?:small|big)?serial\\d?\\b",
                    "has an id that is neither bigint nor smallint",
                    "write bigint, or bigint generated always as identity"));

    private static final Rule VOLATILE = new Rule(
            "\\badd (?:column )?(?:if not exists )?[^,]*(?:\\b(?:clock_timestamp|timeofday|random|random_normal"
                    + "|gen_random_uuid|uuidv4|uuidv7|uuid_generate_v\\w+|nextval) ?\\(|\\bserial|\\bbigserial"
                    + "|\\bgenerated )",
            "gives a new column a value that differs from row to row, which rewrites the table",
            "add it without, and fill it in bounded batches outside the changelog");

    private ColumnRules() {}

    static void check(ChangeFile file, Findings findings) {
        for (String statement : file.up()) {
            if (DEFINES.matcher(statement).find()) {
                TYPES.forEach(rule -> apply(rule, statement, file, findings));
            }
        }
        TableRules.onExisting(file).forEach(statement -> apply(VOLATILE, statement, file, findings));
    }

    private static void apply(Rule rule, String statement, ChangeFile file, Findings findings) {
        if (rule.pattern().matcher(statement).find()) {
            findings.add(file, rule.wrong(), rule.mend());
        }
    }
}
