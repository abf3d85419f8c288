package io.gatehouse.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a postmaster writes into {@code postmaster.pid}, line by line while it starts (PostgreSQL 18, pidfile.h).
 *
 * @param pid negative for a single-user PostgreSQL
 * @param port 0 while not yet written
 * @param status {@code starting}, {@code ready}, {@code stopping}, or empty
 */
record PostmasterPid(long pid, int port, String status) {
    private static final int PORT_LINE = 3;
    private static final int STATUS_LINE = 7;

    /** Empty when there is no such file, or nothing legible in it yet. */
    static Optional<PostmasterPid> read(Path file) throws IOException {
        try {
            List<String> lines = Files.readAllLines(file);
            return Optional.of(new PostmasterPid(
                    Long.parseLong(line(lines, 0)),
                    (int) Long.parseLong("0" + line(lines, PORT_LINE)),
                    line(lines, STATUS_LINE)));
        } catch (NoSuchFileException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** Only then is the port surely its own and not that of a program which was faster. */
    boolean ready() {
        return status.equals("ready");
    }

    boolean starting() {
        return !ready() && !status.equals("stopping");
    }

    private static String line(List<String> lines, int index) {
        return index < lines.size() ? lines.get(index).strip() : "";
    }
}
