package io.gatehouse.support;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A service in a process of its own, in a folder of its own, with the launcher's heap; compiled in a hurry, because tests
 * start many and let none run for long.
 */
public final class ServeProcess implements AutoCloseable {

    private static final Pattern ADDRESS = Pattern.compile("serves (http://\\S+)  \\(probes: (http://[^/]+)/ready\\)");

    private final Process process;
    private final Path output;

    private ServeProcess(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    /** Starts a command of the launcher without waiting for anything. */
    public static ServeProcess start(Path folder, Map<String, String> environment, String... command)
            throws IOException {
        List<String> line = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-XX:+UseCompactObjectHeaders",
                "-Xmx112m",
                "-XX:NewRatio=1",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                classPath(),
                "io.gatehouse.Main"));
        line.addAll(List.of(command));
        Path output = Files.createTempFile(folder, "output", ".txt");
        ProcessBuilder builder = new ProcessBuilder(line)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        Map<String, String> all = new HashMap<>(TestService.CHEAP_HASHES);
        all.put("APP_PORT", "0");
        all.put("OPS_PORT", "0");
        all.putAll(environment);
        builder.environment().putAll(all);
        return new ServeProcess(builder.start(), output);
    }

    /** Starts the service and waits until it says where it listens, at most 90 seconds. */
    public static ServeProcess serve(Path folder, Map<String, String> environment) throws IOException {
        ServeProcess serve = start(folder, environment, "serve");
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(90);
        while (!serve.address().find()) {
            if (!serve.process.isAlive() || System.nanoTime() > deadline) {
                serve.close();
                throw new IllegalStateException("The service did not start:\n" + serve.output());
            }
            pause();
        }
        return serve;
    }

    /** Where the API is, such as {@code http://127.0.0.1:9876}. */
    public String base() {
        return found().group(1).replace("localhost", "127.0.0.1");
    }

    public TestClient client() {
        return new TestClient(base(), this::log);
    }

    public TestClient operator() {
        return new TestClient(found().group(2).replace("localhost", "127.0.0.1"));
    }

    /** One figure without labels that operators are told, such as {@code gatehouse_ids_worker}. */
    public double metric(String name) {
        return operator()
                .get("/metrics")
                .response()
                .body()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow();
    }

    public String output() throws IOException {
        return Files.readString(output);
    }

    /** SIGTERM; the exit code, or -1 when it does not end within a minute. */
    public int terminate() {
        process.destroy();
        return exitCode();
    }

    /** SIGHUP. */
    public void hangUp() throws IOException {
        try {
            int _ = new ProcessBuilder("kill", "-HUP", Long.toString(process.pid()))
                    .start()
                    .waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** SIGTERM, without waiting for anything. */
    public void signal() {
        process.destroy();
    }

    public long pid() {
        return process.pid();
    }

    /** SIGKILL. */
    public void kill() {
        process.destroyForcibly();
        exitCode();
    }

    /** Whether it ended, by itself or not. */
    public boolean ended() {
        return !process.isAlive();
    }

    /** The exit code, or -1 when it does not end within a minute. */
    public int exitCode() {
        try {
            return process.waitFor(60, TimeUnit.SECONDS) ? process.exitValue() : -1;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return -1;
        }
    }

    @Override
    public void close() {
        if (process.isAlive() && terminate() < 0) {
            process.destroyForcibly();
        }
    }

    private String log() {
        try {
            return output();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private Matcher found() {
        Matcher address = ADDRESS.matcher(log());
        if (address.find()) {
            return address;
        }
        throw new IllegalStateException("The service has not said where it listens");
    }

    private Matcher address() throws IOException {
        return ADDRESS.matcher(output());
    }

    /** Absolute, because the process works in another folder. */
    private static String classPath() {
        List<String> entries = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(java.io.File.pathSeparator, -1)) {
            entries.add(Path.of(entry).toAbsolutePath().toString());
        }
        entries.removeIf(entry -> entry.endsWith("test-classes"));
        return String.join(java.io.File.pathSeparator, entries);
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(50);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
