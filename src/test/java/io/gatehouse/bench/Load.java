package io.gatehouse.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import tools.jackson.databind.json.JsonMapper;

/**
 * A load generator in a process of its own: wrk where it is installed, otherwise {@link NettyLoad}. Every connection
 * sends its next request when it has the answer to the one before. Thread-safe.
 */
final class Load {

    /** Longer than any deadline of the service. */
    private static final String TIMEOUT = "15s";

    private static final JsonMapper JSON = new JsonMapper();

    private final List<String> command;
    private final String name;

    private Load(String name, List<String> command) {
        this.name = name;
        this.command = command;
    }

    /** What is sent: one line of the file after the other, each a Cookie header (GET) or a JSON body (POST). */
    record Requests(String method, String path, Path lines) {

        static Requests get(String path, Path cookies) {
            return new Requests("GET", path, cookies);
        }

        static Requests post(String path, Path bodies) {
            return new Requests("POST", path, bodies);
        }
    }

    /** @param folder for the script that wrk runs */
    static Load open(Path folder) {
        return onPath("wrk") ? wrk(folder) : netty();
    }

    static Load netty() {
        return new Load("netty", JavaCommand.of("-Xmx512m", "-XX:+UseSerialGC", NettyLoad.class.getName()));
    }

    private static Load wrk(Path folder) {
        Path script = folder.resolve("load.lua");
        try (InputStream in = Load.class.getResourceAsStream("load.lua")) {
            if (in == null) {
                throw new IllegalStateException("load.lua is not on the class path");
            }
            Files.copy(in, script, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Load("wrk", List.of("wrk", "-t1", "--timeout", TIMEOUT, "-s", script.toString()));
    }

    String name() {
        return name;
    }

    /** Runs for so many seconds and waits for the end. */
    Sample run(int port, Requests requests, int connections, int seconds) {
        try {
            return read(start(port, requests, connections, seconds));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Begins; {@link #read} waits for the end. */
    Process start(int port, Requests requests, int connections, int seconds) throws IOException {
        List<String> line = new ArrayList<>(command);
        line.addAll(List.of("-c", Integer.toString(connections), "-d", seconds + "s", "http://127.0.0.1:" + port));
        line.addAll(List.of(
                "--", requests.method(), requests.path(), requests.lines().toString(), somewhere()));
        return new ProcessBuilder(line)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** Where in the file to begin, as a part of it: rounds that all began with the first line would use no other. */
    private static String somewhere() {
        return String.format(Locale.ROOT, "%.6f", ThreadLocalRandom.current().nextDouble());
    }

    /** The last line, which is JSON; wrk prints a report for people before it. */
    static Sample read(Process load) {
        try {
            String output = new String(load.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int exit = load.waitFor();
            String last = output.lines()
                    .filter(line -> line.startsWith("{"))
                    .findFirst()
                    .orElse("");
            if (exit != 0 || last.isEmpty()) {
                throw new IllegalStateException("The load generator ended with " + exit + ": " + output);
            }
            return Sample.read(JSON.readTree(last));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            load.destroy();
            throw new IllegalStateException("Interrupted while the load ran", e);
        }
    }

    private static boolean onPath(String program) {
        return List.of(System.getenv("PATH").split(":", -1)).stream()
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }
}
