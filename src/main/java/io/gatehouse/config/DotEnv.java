package io.gatehouse.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Parses {@code .env} files as the npm package dotenv 16 does, because the same file has to mean the same to both
 * services: {@code export}, three kinds of quotes, values over several lines, comments, the last of two equal keys.
 * The Java libraries at hand differ in quotes and {@code export}. Unlike dotenv, a line that means nothing is an error
 * and not passed over. Stateless.
 */
final class DotEnv {

    private static final Pattern ENTRY = Pattern.compile("""
            ^\\s*(?:export\\s+)?([\\w.-]+)\\s*=[ \\t]*\
            ('(?:\\\\'|[^'])*+'|"(?:\\\\"|[^"])*+"|`(?:\\\\`|[^`])*+`|[^#\\r\\n]*+)?\
            [ \\t]*(?:#[^\\r\\n]*)?$""", Pattern.MULTILINE);

    private static final Pattern COMMENT = Pattern.compile("(?m)^\\s*#.*$");

    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private DotEnv() {}

    /**
     * The entries of a file.
     *
     * @throws InvalidSettingsException naming the lines that are no entries; never quoting them
     */
    static Map<String, String> parse(String file) {
        String text = file.startsWith(BYTE_ORDER_MARK) ? file.substring(1) : file;
        Map<String, String> entries = new HashMap<>();
        StringBuilder rest = new StringBuilder(text);
        Matcher entry = ENTRY.matcher(text);
        while (entry.find()) {
            entries.put(entry.group(1), value(entry.group(2)));
            blank(rest, entry.start(), entry.end());
        }
        refuseLeftovers(COMMENT.matcher(rest).replaceAll(""));
        return entries;
    }

    private static String value(String raw) {
        String value = raw.strip();
        boolean quoted = value.length() >= 2 && value.charAt(0) == value.charAt(value.length() - 1);
        return switch (quoted ? value.charAt(0) : ' ') {
            case '"' -> inside(value).replace("\\n", "\n").replace("\\r", "\r");
            case '\'', '`' -> inside(value);
            default -> value;
        };
    }

    private static String inside(String quoted) {
        return quoted.substring(1, quoted.length() - 1);
    }

    /** Takes an entry out and leaves the line breaks, so that the lines keep their numbers. */
    private static void blank(StringBuilder text, int start, int end) {
        for (int i = start; i < end; i++) {
            if (text.charAt(i) != '\n') {
                text.setCharAt(i, ' ');
            }
        }
    }

    private static void refuseLeftovers(String rest) {
        List<String> problems = new ArrayList<>();
        int number = 0;
        for (String line : rest.lines().toList()) {
            number++;
            if (!line.isBlank()) {
                problems.add(".env line " + number + " is no entry; write KEY=value");
            }
        }
        if (!problems.isEmpty()) {
            throw new InvalidSettingsException(problems);
        }
    }
}
