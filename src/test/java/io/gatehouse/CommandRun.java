package io.gatehouse;

import io.gatehouse.config.Environment;
import io.gatehouse.support.LauncherProcess.Ran;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;

/**
 * A command of the launcher within this process: the same code without the seconds that a JVM needs to start. For tests
 * that are about neither processes nor standard input.
 */
public final class CommandRun {

    private CommandRun() {}

    /** Runs a command to its end; {@code .env} is looked for in the folder. */
    public static Ran run(Path folder, Map<String, String> environment, String... arguments) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream both = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        int exitCode =
                new Main(new Environment(folder, environment), Clock.systemUTC(), both, both).run(List.of(arguments));
        return new Ran(exitCode, bytes.toString(StandardCharsets.UTF_8));
    }
}
