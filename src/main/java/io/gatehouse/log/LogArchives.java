package io.gatehouse.log;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

/**
 * Log files that are full, beside the one that is being written: {@code app.log.2026-11-26.1.gz}, the numbers rising
 * within a day. Compressed in the background; the oldest are removed where all of them are beyond a bound. Thread-safe.
 */
public final class LogArchives {

    private static final Pattern ENDING = Pattern.compile("\\.(\\d{4}-\\d{2}-\\d{2})\\.(\\d{1,9})(\\.gz)?");
    private static final String COMPRESSED = ".gz";
    private static final String HALF = ".half";
    private static final Duration LONGEST_COMPRESSING = Duration.ofHours(1);

    private final Path folder;
    private final String name;
    private final long mostBytes;
    private final Clock clock;
    private final ReentrantLock tidying = new ReentrantLock();
    private volatile int lastTaken;

    /**
     * @param file that is being written
     * @param mostBytes of it and its archives together
     */
    LogArchives(Path file, long mostBytes, Clock clock) {
        Path absolute = file.toAbsolutePath();
        this.folder = Optional.ofNullable(absolute.getParent()).orElse(absolute);
        this.name = String.valueOf(absolute.getFileName());
        this.mostBytes = mostBytes;
        this.clock = clock;
    }

    /**
     * What there is.
     *
     * @param files with the one that is being written
     * @param removed files, just now
     */
    public record Report(int files, long bytes, int removed) {}

    private record Archive(Path path, String day, int number, boolean compressed, long bytes) {}

    /** Takes the file away from where it is being written, and compresses it in the background. */
    void take(Path file, LocalDate day) throws IOException {
        int known = archives().stream()
                .filter(it -> it.day().equals(day.toString()))
                .mapToInt(Archive::number)
                .max()
                .orElse(0);
        // One that is being compressed in this moment may be seen under neither of its names.
        int next = Math.max(known, lastTaken) + 1;
        Files.move(file, folder.resolve("%s.%s.%d".formatted(name, day, next)));
        lastTaken = next;
        Thread _ = Thread.ofPlatform().name("log-archive").daemon().start(this::tidyUp);
    }

    private void tidyUp() {
        try {
            Report _ = tidy();
        } catch (IOException e) {
            // Told where it matters: by the job, and by whoever cannot write.
            return;
        }
    }

    /** Removes what is beyond the bound, and compresses what is not yet. */
    public Report tidy() throws IOException {
        tidying.lock();
        try {
            removeHalves();
            // First of all: a full disk has no room for a copy.
            int removed = removeOldest();
            for (Archive archive : archives()) {
                if (!archive.compressed()) {
                    compress(archive.path());
                }
            }
            List<Archive> left = archives();
            return new Report(
                    left.size() + 1, left.stream().mapToLong(Archive::bytes).sum() + currentBytes(), removed);
        } finally {
            tidying.unlock();
        }
    }

    private int removeOldest() throws IOException {
        List<Archive> oldestFirst = archives();
        long bytes =
                currentBytes() + oldestFirst.stream().mapToLong(Archive::bytes).sum();
        int removed = 0;
        for (Archive archive : oldestFirst) {
            if (bytes <= mostBytes) {
                break;
            }
            Files.deleteIfExists(archive.path());
            bytes -= archive.bytes();
            removed++;
        }
        return removed;
    }

    /** Into a file of another name first: one that ends in {@code .gz} is whole. */
    private void compress(Path full) throws IOException {
        // Each its own: a job in another process may do the same at this moment, and come to the same end.
        Path half = Files.createTempFile(folder, name + ".", HALF);
        try (InputStream in = Files.newInputStream(full);
                OutputStream out = new GZIPOutputStream(Files.newOutputStream(half))) {
            in.transferTo(out);
        } catch (NoSuchFileException e) {
            Files.deleteIfExists(half);
            return;
        } catch (IOException e) {
            Files.deleteIfExists(half);
            throw e;
        }
        Files.move(half, full.resolveSibling(full.getFileName() + COMPRESSED), StandardCopyOption.REPLACE_EXISTING);
        Files.deleteIfExists(full);
    }

    /** Of a process that was killed while it compressed. */
    private void removeHalves() throws IOException {
        Instant before = clock.instant().minus(LONGEST_COMPRESSING);
        for (Path path : ours()) {
            if (path.toString().endsWith(HALF)
                    && Files.getLastModifiedTime(path).toInstant().isBefore(before)) {
                Files.deleteIfExists(path);
            }
        }
    }

    private long currentBytes() throws IOException {
        Path current = folder.resolve(name);
        return Files.exists(current) ? Files.size(current) : 0;
    }

    /** The oldest first. */
    private List<Archive> archives() throws IOException {
        List<Archive> found = new ArrayList<>();
        for (Path path : ours()) {
            Matcher ending = ENDING.matcher(String.valueOf(path.getFileName()).substring(name.length()));
            if (ending.matches() && Files.isRegularFile(path)) {
                int number = Integer.parseInt(ending.group(2));
                found.add(new Archive(path, ending.group(1), number, ending.group(3) != null, Files.size(path)));
            }
        }
        found.sort(Comparator.comparing(Archive::day).thenComparingInt(Archive::number));
        return found;
    }

    private List<Path> ours() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(path -> String.valueOf(path.getFileName()).startsWith(name + "."))
                    .toList();
        }
    }

    /** A file that only its owner may read, made if it is not there, with its folder. */
    static void makePrivate(Path file) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        try {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        } catch (FileAlreadyExistsException e) {
            // Whoever made it decides who may read it.
            return;
        }
    }
}
