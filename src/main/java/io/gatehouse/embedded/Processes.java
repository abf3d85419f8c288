package io.gatehouse.embedded;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Programs run to their end, and processes known only by their id. */
final class Processes {
    private static final Logger LOG = LoggerFactory.getLogger(Processes.class);
    private static final Path ROOT = Path.of("/");
    private static final File NULL = new File("/dev/null");

    private Processes() {}

    /** Runs a program in a folder, with its output appended to a file, and answers its exit code. */
    static int run(List<String> command, Path folder, Path output, Duration limit) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectInput(Redirect.from(NULL))
                .redirectErrorStream(true)
                .redirectOutput(Redirect.appendTo(output.toFile()));
        // The stores live longer than we do: our environment, with its keys, is none of their business.
        String path = builder.environment().getOrDefault("PATH", "/usr/local/bin:/usr/bin:/bin");
        builder.environment().clear();
        builder.environment().put("PATH", path);
        builder.environment().put("LC_ALL", "C");
        return exitCode(builder.start(), command, limit);
    }

    private static int exitCode(Process process, List<String> command, Duration limit) {
        try {
            if (process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                return process.exitValue();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        throw new EmbeddedStoreException(
                command + " did not end within " + limit.toSeconds() + " s and was killed; is the disk full or slow?");
    }

    /** Whether a process of this id executes. A zombie does not, yet the kernel and ProcessHandle call it alive. */
    static boolean running(long pid) {
        return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false) && !zombie(pid);
    }

    // Matters in containers where the service is process 1 and nobody reaps the daemons that it inherits.
    private static boolean zombie(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            return stat.substring(stat.lastIndexOf(')')).startsWith(") Z");
        } catch (IOException | StringIndexOutOfBoundsException e) {
            return false; // no /proc here, or gone meanwhile
        }
    }

    /**
     * Sends one signal after the other until the process ends.
     *
     * @param patience how long to wait after each
     */
    static void stop(long pid, String what, List<String> signals, Duration patience) throws IOException {
        for (String signal : signals) {
            signal(pid, signal);
            if (Waiting.until(patience, () -> !running(pid))) {
                return;
            }
            LOG.warn("{} (process {}) did not end within {} s of SIG{}", what, pid, patience.toSeconds(), signal);
        }
        throw new EmbeddedStoreException(what + " (process " + pid + ") cannot be stopped; end it by hand");
    }

    // ProcessHandle knows TERM and KILL only; the shell has a kill of its own on every system.
    private static void signal(long pid, String name) throws IOException {
        run(List.of("/bin/sh", "-c", "kill -" + name + " " + pid), ROOT, NULL.toPath(), Duration.ofSeconds(5));
    }
}
