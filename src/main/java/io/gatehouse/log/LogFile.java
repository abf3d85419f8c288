package io.gatehouse.log;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The file that lines go to, and what becomes of it when it is full or its day (UTC) is over: {@link LogArchives}.
 * After a failure the next write begins anew, so that a disk that was full is used again. Not thread-safe.
 */
final class LogFile implements LineSink, AutoCloseable {

    private static final long LOOK_AGAIN_MILLIS = 1000;

    /** What a line of ours takes at most, and then some. */
    private static final int LONGEST_LINE = 64 * 1024;

    private final Path path;
    private final long mostBytes;
    private final LogArchives archives;
    private final Clock clock;

    private @Nullable Opened opened;
    private long lookedAt;

    /**
     * Opens or makes the file.
     *
     * @param mostBytes of one file
     * @throws LogFileException when that is impossible, or another process writes to it
     */
    LogFile(Path path, long mostBytes, LogArchives archives, Clock clock) {
        this.path = path.toAbsolutePath();
        this.mostBytes = mostBytes;
        this.archives = archives;
        this.clock = clock;
        try {
            opened = open();
        } catch (IOException e) {
            throw new LogFileException("LOG_FILE %s cannot be written (%s); choose another, or make its folder writable"
                    .formatted(path, reason(e)));
        }
    }

    /**
     * The file as it was found.
     *
     * @param key which file it is, whatever its name becomes; null where a file system does not tell
     * @param day of the lines in it
     */
    private record Opened(
            RandomAccessFile file, FileLock lock, @Nullable Object key, LocalDate day) {}

    @Override
    public void write(byte[] bytes, int length) throws IOException {
        RandomAccessFile file = current(length).file();
        long before = file.getFilePointer();
        try {
            file.write(bytes, 0, length);
        } catch (IOException e) {
            cut(before, e);
            throw e;
        }
    }

    /** What was written of it would be half a line. */
    private void cut(long length, IOException failure) {
        try {
            Objects.requireNonNull(opened).file().setLength(length);
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    @Override
    public void close() throws IOException {
        Opened current = opened;
        opened = null;
        if (current != null) {
            current.file().close();
        }
    }

    /** The file that so many bytes may go to. */
    private Opened current(int length) throws IOException {
        Opened current = opened;
        if (current != null && hasGone(current)) {
            close();
            current = null;
        }
        if (current == null) {
            current = open();
            opened = current;
        }
        long size = current.file().getFilePointer();
        if (size > 0 && (size + length > mostBytes || !current.day().equals(today()))) {
            current = rotate(current);
        }
        return current;
    }

    /** Whether somebody has moved or removed it; looked at once a second. */
    private boolean hasGone(Opened current) {
        long now = clock.millis();
        if (now - lookedAt < LOOK_AGAIN_MILLIS) {
            return false;
        }
        lookedAt = now;
        try {
            return !Objects.equals(current.key(), key());
        } catch (IOException e) {
            return true;
        }
    }

    private Opened rotate(Opened full) throws IOException {
        archives.take(path, full.day());
        close();
        Opened next = open();
        opened = next;
        return next;
    }

    private Opened open() throws IOException {
        LogArchives.makePrivate(path);
        RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw");
        try {
            FileLock lock = lock(file);
            LocalDate day = file.length() == 0 ? today() : dayOf();
            cutHalfLine(file);
            file.seek(file.length());
            return new Opened(file, lock, key(), day);
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /** Two processes would write into each other's lines and take each other's file away. */
    private FileLock lock(RandomAccessFile file) throws IOException {
        @Nullable FileLock lock;
        try {
            lock = file.getChannel().tryLock();
        } catch (OverlappingFileLockException e) {
            lock = null;
        }
        if (lock == null) {
            throw new LogFileException(
                    "LOG_FILE %s is being written by another process; give every replica its own".formatted(path));
        }
        return lock;
    }

    /** A process that was killed, or a machine, may have left one. */
    private static void cutHalfLine(RandomAccessFile file) throws IOException {
        long end = file.length();
        long at = end;
        while (at > 0 && end - at < LONGEST_LINE) {
            file.seek(at - 1);
            if (file.read() == '\n') {
                file.setLength(at);
                return;
            }
            at--;
        }
    }

    private LocalDate dayOf() throws IOException {
        return LocalDate.ofInstant(Files.getLastModifiedTime(path).toInstant(), ZoneOffset.UTC);
    }

    private LocalDate today() {
        return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    }

    private @Nullable Object key() throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    }

    private static String reason(IOException e) {
        return e.getClass().getSimpleName().replace("Exception", "") + ": " + e.getMessage();
    }
}
