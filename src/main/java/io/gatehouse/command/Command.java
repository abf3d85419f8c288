package io.gatehouse.command;

import java.util.List;

/** One command of the launcher. */
@FunctionalInterface
public interface Command {

    /**
     * Does the work, writing what people should read to standard output.
     *
     * @return the exit code: 0 done, 1 failed
     * @throws UsageException when the arguments make no sense
     */
    int run(List<String> arguments);
}
