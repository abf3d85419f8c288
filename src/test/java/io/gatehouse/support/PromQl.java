package io.gatehouse.support;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What an expression of Prometheus refers to, found without its grammar: enough for expressions that hold no text but
 * the values of labels. Immutable.
 *
 * @param selectors in the order of the text
 * @param grouping labels in {@code by (…)} and the like
 * @param functions with aggregations among them
 */
public record PromQl(List<Selector> selectors, Set<String> grouping, Set<String> functions) {

    private static final Pattern GROUPING =
            Pattern.compile("\\b(?:by|without|on|ignoring|group_left|group_right)\\s*\\(([^)]*)\\)");
    private static final Pattern NAME =
            Pattern.compile("(?<![\\w.$])([a-zA-Z_:][\\w:]*)\\s*(?:\\{((?:[^}\"]|\"(?:\\\\.|[^\"\\\\])*\")*)}|(\\())?");
    private static final Pattern MATCHER = Pattern.compile("(\\w+)\\s*(=~|!~|!=|=)\\s*\"((?:\\\\.|[^\"\\\\])*)\"");
    private static final Set<String> WORDS = Set.of("and", "or", "unless", "bool", "offset", "inf", "nan");

    /** A name and what its labels must be. */
    public record Selector(String metric, List<LabelMatcher> matchers) {}

    /** {@code label operator "value"}. */
    public record LabelMatcher(String label, String operator, String value) {

        /** Whether a sample with this value of the label is one of those that are meant. */
        public boolean accepts(String actual) {
            return switch (operator) {
                case "=" -> actual.equals(value);
                case "=~" -> actual.matches(value.replace("\\\\", "\\"));
                case "!=" -> !actual.equals(value);
                default -> !actual.matches(value.replace("\\\\", "\\"));
            };
        }
    }

    public static PromQl parse(String expression) {
        Set<String> grouping = new TreeSet<>();
        String rest = GROUPING.matcher(expression).replaceAll(found -> {
            Stream.of(found.group(1).split(",", -1))
                    .map(String::strip)
                    .filter(label -> !label.isEmpty())
                    .forEach(grouping::add);
            return " ";
        });
        List<Selector> selectors = new ArrayList<>();
        Set<String> functions = new TreeSet<>();
        Matcher names = NAME.matcher(rest);
        while (names.find()) {
            String name = names.group(1);
            if (WORDS.contains(name)) {
                continue;
            }
            if (names.group(3) != null) {
                functions.add(name);
            } else {
                selectors.add(new Selector(name, matchers(names.group(2) == null ? "" : names.group(2))));
            }
        }
        return new PromQl(List.copyOf(selectors), Set.copyOf(grouping), Set.copyOf(functions));
    }

    private static List<LabelMatcher> matchers(String text) {
        return MATCHER.matcher(text)
                .results()
                .map(found -> new LabelMatcher(found.group(1), found.group(2), found.group(3)))
                .toList();
    }
}
