package io.gatehouse.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What stands behind {@code db}.
 *
 * @param count changesets to roll back
 * @param name of a new changeset
 * @param database typed to confirm; may be empty
 */
record DbArguments(String action, int count, String name, boolean yes, boolean seed, String database) {

    private static final Set<String> PLAIN = Set.of("status", "pending", "up", "sql", "seed");
    private static final Set<String> COUNTED = Set.of("down", "rollback-sql");

    /** Empty when they cannot be understood. */
    static Optional<DbArguments> parse(List<String> arguments) {
        List<String> words = new ArrayList<>(arguments);
        boolean yes = words.remove("--yes");
        boolean seed = words.remove("--seed");
        String database = "";
        int at = words.indexOf("--database");
        if (at >= 0 && at + 1 < words.size()) {
            database = words.remove(at + 1);
            words.remove(at);
        }
        String action = words.isEmpty() ? "" : words.removeFirst();
        String rest = words.isEmpty() ? "" : words.removeFirst();
        DbArguments given = new DbArguments(
                action, rest.matches("[1-9]\\d{0,3}") ? Integer.parseInt(rest) : 1, rest, yes, seed, database);
        return words.isEmpty() && given.sound(rest) ? Optional.of(given) : Optional.empty();
    }

    private boolean sound(String rest) {
        boolean onlyFresh = !seed && database.isEmpty();
        if (PLAIN.contains(action)) {
            return rest.isEmpty() && !yes && onlyFresh;
        }
        if (COUNTED.contains(action)) {
            return rest.matches("([1-9]\\d{0,3})?") && onlyFresh && (action.equals("down") || !yes);
        }
        if (action.equals("new")) {
            return rest.matches("[a-z][a-z0-9]*([_-][a-z0-9]+)*") && !yes && onlyFresh;
        }
        return action.equals("fresh") && rest.isEmpty();
    }
}
