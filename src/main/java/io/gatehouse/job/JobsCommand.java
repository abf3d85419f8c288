package io.gatehouse.job;

import io.gatehouse.command.Command;
import io.gatehouse.command.UsageException;
import java.io.PrintStream;
import java.util.List;
import java.util.Set;

/** {@code jobs list [NAME]}: jobs with their last runs. {@code jobs run NAME}: one run now, with its progress. */
public final class JobsCommand implements Command {

    private static final String LIST = "list";

    private final Jobs jobs;
    private final PrintStream out;

    public JobsCommand(Jobs jobs, PrintStream out) {
        this.jobs = jobs;
        this.out = out;
    }

    /** Refuses arguments that {@link #run} would, before any store is started for them. */
    public static void requireKnown(List<String> arguments, Set<String> names) {
        boolean list = !arguments.isEmpty() && arguments.getFirst().equals(LIST);
        boolean run = arguments.size() == 2 && arguments.getFirst().equals("run");
        boolean known = arguments.size() < 2 || names.contains(arguments.get(1));
        if (arguments.size() > 2 || !known || !(list || run)) {
            throw new UsageException("./gatehouse jobs list [NAME]\n./gatehouse jobs run "
                    + String.join(" | ", names.stream().sorted().toList()));
        }
    }

    @Override
    public int run(List<String> arguments) {
        if (!arguments.getFirst().equals(LIST)) {
            return runNow(arguments.get(1));
        }
        JobReport report = new JobReport(out);
        if (arguments.size() == 1) {
            report.jobs(jobs.overview());
        } else {
            report.history(jobs.history(arguments.get(1)));
        }
        return 0;
    }

    private int runNow(String name) {
        Ended ended;
        try {
            ended = jobs.runNow(name, out::println);
        } catch (JobBusyException e) {
            out.println(e.getMessage());
            return 1;
        }
        out.println(ended.completed() ? "%s: %d rows".formatted(name, ended.rows()) : failure(name, ended));
        return ended.completed() ? 0 : 1;
    }

    private static String failure(String name, Ended ended) {
        return "%s %s: %s".formatted(name, ended.outcome().text(), ended.error());
    }
}
