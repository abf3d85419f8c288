package io.gatehouse.command;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What stands behind {@code db}.
 *
 * @param operand a number of changesets or a name; may be empty
 * @param options with their values; empty where an option has none
 */
record DbArguments(String action, String operand, Map<String, String> options) {

    private static final String NOTHING = "";
    private static final String COUNT = "([1-9]\\d{0,3})?";

    /**
     * What an action takes.
     *
     * @param operand the operand's pattern
     * @param options name → pattern of its value
     */
    private record Form(String operand, Map<String, String> options) {}

    private static final Map<String, Form> FORMS = Map.of(
            "status", new Form(NOTHING, Map.of()),
            "pending", new Form(NOTHING, Map.of("--report", NOTHING, "--json", NOTHING, "--fail-on", "brief|window")),
            "sql", new Form(NOTHING, Map.of()),
            "up", new Form(NOTHING, Map.of()),
            "down", new Form(COUNT, Map.of("--yes", NOTHING)),
            "rollback-sql", new Form(COUNT, Map.of()),
            "fresh", new Form(NOTHING, Map.of("--yes", NOTHING, "--seed", NOTHING, "--database", ".+")),
            "seed", new Form(NOTHING, Map.of()),
            "new", new Form("[a-z][a-z0-9]*([_-][a-z0-9]+)*", Map.of()));

    /** Only of use together with the report. */
    private static final Set<String> OF_THE_REPORT = Set.of("--json", "--fail-on");

    DbArguments {
        options = Map.copyOf(options);
    }

    /** Empty when they cannot be understood. */
    static Optional<DbArguments> parse(List<String> arguments) {
        List<String> words = new ArrayList<>(arguments);
        Form form = words.isEmpty() ? null : FORMS.get(words.getFirst());
        if (form == null) {
            return Optional.empty();
        }
        String action = words.removeFirst();
        Map<String, String> options = new HashMap<>();
        form.options().forEach((name, value) -> {
            int at = words.indexOf(name);
            if (at >= 0 && at + (value.isEmpty() ? 0 : 1) < words.size()) {
                words.remove(at);
                options.put(name, value.isEmpty() ? "" : words.remove(at));
            }
        });
        String operand = words.isEmpty() ? "" : words.removeFirst();
        DbArguments given = new DbArguments(action, operand, options);
        return words.isEmpty() && given.fits(form) ? Optional.of(given) : Optional.empty();
    }

    private boolean fits(Form form) {
        return operand.matches(form.operand())
                && options.entrySet().stream()
                        .allMatch(option ->
                                option.getValue().matches(form.options().getOrDefault(option.getKey(), NOTHING)))
                && (has("--report") || OF_THE_REPORT.stream().noneMatch(this::has));
    }

    boolean has(String option) {
        return options.containsKey(option);
    }

    Optional<String> value(String option) {
        return Optional.ofNullable(options.get(option));
    }

    /** How many changesets; one where none is given. */
    int count() {
        return operand.isEmpty() ? 1 : Integer.parseInt(operand);
    }
}
