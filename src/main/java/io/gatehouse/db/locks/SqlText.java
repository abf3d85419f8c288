package io.gatehouse.db.locks;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A statement for recognising its kind: without comments, in one line, lower case. Quoted texts are folded, too, so it
 * is not for running. Immutable.
 */
record SqlText(String words) {

    private static final Pattern COMMENTS = Pattern.compile("--[^\n]*|/\\*.*?\\*/", Pattern.DOTALL);
    private static final int SHORT = 110;

    static SqlText of(String sql) {
        return new SqlText(oneLine(sql).toLowerCase(Locale.ROOT));
    }

    /** Without comments, with single blanks; names keep their case. */
    static String oneLine(String sql) {
        return COMMENTS.matcher(sql).replaceAll(" ").replaceAll("\\s+", " ").strip();
    }

    /** Whether it only sets something for the statements after it. */
    boolean isSetting() {
        return words.matches("(set|reset) [^;]*;?");
    }

    boolean matches(Pattern pattern) {
        return pattern.matcher(words).find();
    }

    /** A statement as one line of output. */
    static String shortened(String sql) {
        String line = oneLine(sql);
        return line.length() <= SHORT ? line : line.substring(0, SHORT - 1) + "…";
    }
}
