package io.gatehouse.job;

import io.gatehouse.command.Command;
import io.gatehouse.command.UsageException;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;

/** {@code jobs run NAME}: one run of a job now, in this process, with its progress. */
public final class JobsCommand implements Command {

    private final Map<String, Predicate<PrintStream>> jobs;
    private final PrintStream out;

    /** @param jobs each writes its progress, and tells whether it did all that there was to do */
    public JobsCommand(Map<String, Predicate<PrintStream>> jobs, PrintStream out) {
        this.jobs = jobs;
        this.out = out;
    }

    /** Refuses arguments that {@link #run} would, before any store is started for them. */
    public static void requireKnown(List<String> arguments, Set<String> names) {
        if (arguments.size() != 2 || !arguments.getFirst().equals("run") || !names.contains(arguments.get(1))) {
            throw new UsageException("./gatehouse jobs run "
                    + String.join(" | ", names.stream().sorted().toList()));
        }
    }

    @Override
    public int run(List<String> arguments) {
        requireKnown(arguments, jobs.keySet());
        return Objects.requireNonNull(jobs.get(arguments.get(1))).test(out) ? 0 : 1;
    }
}
