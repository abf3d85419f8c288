package io.gatehouse.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A run of Debian's wrk: 50 clients that ask one thing again and again and keep their connections. */
public final class Wrk implements AutoCloseable {

    public static final Path PROGRAM = Path.of("/usr/bin/wrk");

    private static final Pattern REQUESTS = Pattern.compile("(\\d+) requests in ");
    private static final Pattern SOCKET_ERRORS =
            Pattern.compile("Socket errors: connect (\\d+), read (\\d+), write (\\d+), timeout (\\d+)");
    private static final Pattern OTHER_STATUS = Pattern.compile("Non-2xx or 3xx responses: (\\d+)");

    private final Process process;
    private final Duration duration;

    private Wrk(Process process, Duration duration) {
        this.process = process;
        this.duration = duration;
    }

    /**
     * What it counted.
     *
     * @param refused connections that nobody took
     * @param broken connections that ended within a request
     * @param late replies after more than ten seconds
     * @param otherStatus replies of neither 2xx nor 3xx
     */
    public record Result(long requests, long refused, long broken, long late, long otherStatus) {

        static Result of(String output) {
            Matcher requests = REQUESTS.matcher(output);
            if (!requests.find()) {
                throw new IllegalStateException("wrk did not come to its end:\n" + output);
            }
            Matcher errors = SOCKET_ERRORS.matcher(output);
            boolean any = errors.find();
            Matcher status = OTHER_STATUS.matcher(output);
            return new Result(
                    Long.parseLong(requests.group(1)),
                    any ? Long.parseLong(errors.group(1)) : 0,
                    any ? Long.parseLong(errors.group(2)) + Long.parseLong(errors.group(3)) : 0,
                    any ? Long.parseLong(errors.group(4)) : 0,
                    status.find() ? Long.parseLong(status.group(1)) : 0);
        }

        /** All that a client would call a failure. */
        public long failed() {
            return refused + broken + late + otherStatus;
        }
    }

    /**
     * Begins.
     *
     * @param script what it sends, in Lua
     */
    public static Wrk start(Path folder, Duration duration, String url, String script) throws IOException {
        Path file = Files.writeString(folder.resolve("wrk.lua"), script);
        List<String> line = new ArrayList<>(List.of(PROGRAM.toString(), "-t2", "-c50", "--timeout", "10s"));
        line.addAll(List.of("-d" + duration.toSeconds() + "s", "-s", file.toString(), url));
        return new Wrk(new ProcessBuilder(line).redirectErrorStream(true).start(), duration);
    }

    /** Waits for its end. */
    public Result result() {
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(duration.toSeconds() + 30, TimeUnit.SECONDS)) {
                throw new IllegalStateException("wrk does not end");
            }
            return Result.of(output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
