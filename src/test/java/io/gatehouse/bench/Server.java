package io.gatehouse.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server in a process of its own, whose output goes to a file, as under a service manager. */
final class Server implements AutoCloseable {

    private static final Pattern PORT = Pattern.compile("\"port\":(\\d+)");
    private static final Duration LONGEST_START = Duration.ofSeconds(60);

    private final String name;

    private final Process process;
    private final Path output;
    private final int port;

    private Server(String name, Process process, Path output, int port) {
        this.name = name;
        this.process = process;
        this.output = output;
        this.port = port;
    }

    /** Starts it and waits until it has written its port as JSON. */
    static Server start(String name, List<String> command, Path folder, Map<String, String> environment) {
        Path output = folder.resolve(name + ".log");
        try {
            Files.deleteIfExists(output);
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
            builder.environment().putAll(environment);
            Process process = builder.start();
            return new Server(name, process, output, awaitPort(name, process, output));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int awaitPort(String name, Process process, Path output) throws IOException {
        long deadline = System.nanoTime() + LONGEST_START.toNanos();
        while (true) {
            String said = Files.exists(output) ? Files.readString(output) : "";
            Matcher port = PORT.matcher(said);
            if (port.find()) {
                return Integer.parseInt(port.group(1));
            }
            if (!process.isAlive() || System.nanoTime() > deadline) {
                process.destroyForcibly();
                throw new IllegalStateException(name + " did not start:\n" + said);
            }
            pause();
        }
    }

    String name() {
        return name;
    }

    int port() {
        return port;
    }

    double residentMegabytes() {
        return Usage.residentMegabytes(process.pid());
    }

    double peakMegabytes() {
        return Usage.peakMegabytes(process.pid());
    }

    /** Puts it under load and measures. */
    Round round(Load load, Load.Requests requests, int connections, int seconds) {
        Usage before = Usage.of(process.pid());
        Usage ours = Usage.ofThisProcess();
        Sample sample = load.run(port, requests, connections, seconds);
        Usage after = Usage.of(process.pid());
        double loadCpu = Usage.ofThisProcess().childCpuSeconds() - ours.childCpuSeconds();
        double resident = residentMegabytes();
        emptyLog();
        return new Round(name, sample, after.cpuSeconds() - before.cpuSeconds(), loadCpu, resident);
    }

    /** Hundreds of megabytes a round; what it has said at a start or a failure is of interest, and this is not. */
    private void emptyLog() {
        try {
            Files.newByteChannel(output, StandardOpenOption.WRITE).truncate(0).close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(50);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
