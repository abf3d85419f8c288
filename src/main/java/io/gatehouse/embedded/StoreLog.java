package io.gatehouse.embedded;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** The file into which a store writes its own log. */
record StoreLog(Path file) {
    private static final long MAX_BYTES = 10L << 20;
    private static final int READ_BYTES = 64 << 10;
    private static final int TAIL_LINES = 20;

    /** Sets a long log aside, keeping one; only while the store does not run, for it would write on into the old. */
    void prepare() throws IOException {
        if (size() > MAX_BYTES) {
            Files.move(file, file.resolveSibling(file.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
        }
        if (!Files.exists(file)) {
            Files.createFile(file, PrivateFiles.OWNER_ONLY_FILE);
        }
    }

    long size() throws IOException {
        return Files.exists(file) ? Files.size(file) : 0;
    }

    /** What was written since the log had this size, at most the last 64 KiB of it. */
    String since(long mark) throws IOException {
        try (RandomAccessFile log = new RandomAccessFile(file.toFile(), "r")) {
            long start = Math.max(mark, log.length() - READ_BYTES);
            byte[] bytes = new byte[(int) Math.max(0, log.length() - start)];
            log.seek(start);
            log.readFully(bytes);
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    /** The last lines written since the log had this size, for an error message. */
    String tail(long mark) throws IOException {
        List<String> lines = since(mark).lines().toList();
        List<String> last = lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size());
        return "Last lines of " + file + ":\n  " + String.join("\n  ", last);
    }
}
