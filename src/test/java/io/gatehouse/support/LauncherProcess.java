package io.gatehouse.support;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** A command of the launcher in a process of its own, from its start to its end. */
public final class LauncherProcess implements AutoCloseable {

    private final Process process;
    private final Path output;

    private LauncherProcess(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    /** How it ended and what it said, on both outputs. */
    public record Ran(int exitCode, String output) {}

    /** Runs a command to its end, at most a minute. */
    public static Ran run(Path folder, Map<String, String> environment, String input, String... arguments)
            throws IOException, InterruptedException {
        try (LauncherProcess started = start(folder, environment, input, arguments)) {
            return started.end();
        }
    }

    /** Starts a command; it works in the folder. */
    public static LauncherProcess start(Path folder, Map<String, String> environment, String input, String... arguments)
            throws IOException {
        List<String> line = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                classPath(),
                "io.gatehouse.Main"));
        line.addAll(List.of(arguments));
        Path output = Files.createTempFile(folder, "output", ".txt");
        Path given = Files.writeString(Files.createTempFile(folder, "input", ".txt"), input);
        ProcessBuilder builder = new ProcessBuilder(line)
                .directory(folder.toFile())
                .redirectInput(given.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().putAll(environment);
        return new LauncherProcess(builder.start(), output);
    }

    /** Waits for the end, at most a minute. */
    public Ran end() throws IOException, InterruptedException {
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
        return new Ran(process.waitFor(), said());
    }

    /** What it has said so far. */
    public String said() throws IOException {
        return Files.readString(output, StandardCharsets.UTF_8);
    }

    /** SIGKILL. */
    public void kill() {
        process.destroyForcibly();
    }

    /** SIGKILL, if it still runs. */
    @Override
    public void close() {
        kill();
    }

    /** Absolute, because the process works in another folder; without the tests. */
    private static String classPath() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .filter(entry -> !entry.endsWith("test-classes"))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }
}
