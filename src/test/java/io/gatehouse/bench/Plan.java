package io.gatehouse.bench;

import java.util.List;

/**
 * How long and how often is measured.
 *
 * @param pairs rounds of each of two servers, in turn
 * @param warmUpSeconds for each server, before the first round
 * @param roundSeconds of one round
 * @param connections of the load, unless a part says otherwise
 * @param quick whether this is the run for a minute and not the documented one
 */
record Plan(int pairs, int warmUpSeconds, int roundSeconds, int connections, boolean quick) {

    private static final Plan FULL = new Plan(5, 30, 15, 64, false);
    private static final Plan QUICK = new Plan(5, 6, 2, 64, true);

    /** Takes {@code --quick}, {@code --pairs=}, {@code --warm-up=} and {@code --round=} out of the arguments. */
    static Plan take(List<String> arguments) {
        Plan plan = arguments.remove("--quick") ? QUICK : FULL;
        return new Plan(
                number(arguments, "--pairs=", plan.pairs),
                number(arguments, "--warm-up=", plan.warmUpSeconds),
                number(arguments, "--round=", plan.roundSeconds),
                plan.connections,
                plan.quick);
    }

    private static int number(List<String> arguments, String option, int otherwise) {
        int number = arguments.stream()
                .filter(it -> it.startsWith(option))
                .mapToInt(it -> Integer.parseInt(it.substring(option.length())))
                .findFirst()
                .orElse(otherwise);
        arguments.removeIf(it -> it.startsWith(option));
        return number;
    }
}
