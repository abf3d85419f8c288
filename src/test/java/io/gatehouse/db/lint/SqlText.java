package io.gatehouse.db.lint;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** SQL without what is not SQL: comments gone, texts and bodies emptied, in lower case, on one line. Stateless. */
final class SqlText {

    /** What may hold a semicolon or a word that is none: texts, dollar quotes, quoted names, comments. */
    private static final Pattern OPAQUE =
            Pattern.compile("(?s)(?<text>'(?:[^']|'')*')|(?<body>\\$(?<tag>\\w*)\\$.*?\\$\\k<tag>\\$)"
                    + "|(?<name>\"[^\"]*\")|(?<comment>--[^\n]*|/\\*.*?\\*/)");

    private SqlText() {}

    /** The statements, in order. */
    static List<String> statements(String sql) {
        List<String> statements = new ArrayList<>();
        for (String statement : masked(sql).split(";", -1)) {
            String line = statement.strip().replaceAll("\\s+", " ").toLowerCase(Locale.ROOT);
            if (!line.isEmpty()) {
                // Everything lies in one schema.
                statements.add(line.replace("\"", "").replace("public.", ""));
            }
        }
        return statements;
    }

    private static String masked(String sql) {
        Matcher opaque = OPAQUE.matcher(sql);
        return opaque.replaceAll(found -> {
            if (found.group("comment") != null) {
                return " ";
            }
            return found.group("name") == null ? "''" : Matcher.quoteReplacement(found.group());
        });
    }
}
