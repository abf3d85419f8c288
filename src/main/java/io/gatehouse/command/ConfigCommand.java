package io.gatehouse.command;

import io.gatehouse.config.Environment;
import io.gatehouse.config.Inspection;
import io.gatehouse.config.SettingsReader;
import java.io.PrintStream;
import java.time.Clock;
import java.util.List;

/** {@code config check}: every setting in force, secrets masked, and every problem at once. */
public final class ConfigCommand implements Command {

    private final Environment environment;
    private final Clock clock;
    private final PrintStream out;

    public ConfigCommand(Environment environment, Clock clock, PrintStream out) {
        this.environment = environment;
        this.clock = clock;
        this.out = out;
    }

    @Override
    public int run(List<String> arguments) {
        if (!arguments.equals(List.of("check"))) {
            throw new UsageException("./gatehouse config check");
        }
        Inspection found = SettingsReader.inspect(environment.values(), clock);
        found.shown().forEach((key, value) -> out.printf("%-28s %s%n", key, value));
        out.println();
        found.warnings().forEach(text -> out.println("warning: " + text));
        found.problems().forEach(text -> out.println("problem: " + text));
        out.println(found.problems().isEmpty() ? "The settings are good." : "The settings must be mended.");
        return found.problems().isEmpty() ? 0 : 1;
    }
}
