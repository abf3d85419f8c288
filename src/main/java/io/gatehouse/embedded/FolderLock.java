package io.gatehouse.embedded;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Keeps a second service out of a data folder, and tells it who is inside.
 *
 * <p>A kernel lock on {@code service.lock}, so it ends with its process however that dies; the file stays, and a text in
 * it means nothing unless it is locked. Works among the processes of one machine and within one JVM.
 *
 * <p>Thread-safe. Refused after at most about half a second; waits for nothing else.
 */
public final class FolderLock implements AutoCloseable {
    // Mutable and static because the kernel's lock is one per process and file: opening and closing the file a second
    // time, even to read it, would drop the lock. So within this JVM the map decides, and the file is not touched.
    private static final ConcurrentHashMap<Path, FolderLock> HELD = new ConcurrentHashMap<>();
    // Someone who looks holds the lock for a moment; that must not turn a start away.
    private static final Duration PATIENCE = Duration.ofMillis(500);

    private final Path file;
    private final RandomAccessFile content;
    private volatile String description;

    /**
     * Who holds the lock.
     *
     * @param pid process id, 0 when it has not yet said so
     * @param description one line of its own
     */
    public record Holder(long pid, String description) {}

    private FolderLock(Path file, RandomAccessFile content, String description) {
        this.file = file;
        this.content = content;
        this.description = description;
    }

    /**
     * Takes the lock of a folder, which is created with mode 700 when absent.
     *
     * @param description one line for the operator whose second service is refused; no secrets
     * @throws FolderLockedException when another service holds it
     * @throws EmbeddedStoreException when the folder cannot be used
     */
    public static FolderLock acquire(Path dataDir, String description) {
        try {
            Path file = lockFile(dataDir);
            synchronized (HELD) {
                FolderLock lock = take(file, description);
                HELD.put(file, lock);
                return lock;
            }
        } catch (IOException e) {
            throw new EmbeddedStoreException(
                    "Cannot lock the data folder " + dataDir + ": " + e + "; check its owner and free space", e);
        }
    }

    /** Replaces the description, once the address is known. Line breaks become spaces. */
    public synchronized void describe(String newDescription) {
        try {
            write(newDescription);
        } catch (IOException e) {
            throw new EmbeddedStoreException("Cannot write " + file + ": " + e + "; is the disk full?", e);
        }
    }

    /** Gives the lock up. Repeatable. */
    @Override
    public void close() {
        synchronized (HELD) {
            if (HELD.remove(file, this)) {
                release(content);
            }
        }
    }

    private static FolderLock take(Path file, String description) throws IOException {
        FolderLock own = HELD.get(file);
        if (own != null) {
            throw new FolderLockedException(String.valueOf(file.getParent()), own.self());
        }
        RandomAccessFile content = open(file);
        try {
            return take(file, content, description);
        } catch (IOException | RuntimeException e) {
            content.close();
            throw e;
        }
    }

    private static FolderLock take(Path file, RandomAccessFile content, String description) throws IOException {
        if (!Waiting.until(PATIENCE, () -> locks(content))) {
            throw new FolderLockedException(String.valueOf(file.getParent()), read(content));
        }
        FolderLock lock = new FolderLock(file, content, description);
        lock.describe(description);
        return lock;
    }

    private static Path lockFile(Path dataDir) throws IOException {
        return PrivateFiles.folder(dataDir).resolve("service.lock");
    }

    // Not a FileChannel of its own: an interrupt during a write would close it and give the lock up unnoticed.
    private static RandomAccessFile open(Path file) throws IOException {
        if (!Files.exists(file)) {
            createPrivate(file);
        }
        return new RandomAccessFile(file.toFile(), "rw");
    }

    private static void createPrivate(Path file) throws IOException {
        try {
            Files.createFile(file, PrivateFiles.OWNER_ONLY_FILE);
        } catch (FileAlreadyExistsException e) {
            // another process was faster; its file is as good
        }
    }

    private static boolean locks(RandomAccessFile content) throws IOException {
        try {
            return content.getChannel().tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false; // held by this class in another class loader
        }
    }

    private static void release(RandomAccessFile content) {
        try (content) {
            content.setLength(0);
        } catch (IOException e) {
            throw new EmbeddedStoreException("Cannot release the lock of the data folder: " + e, e);
        }
    }

    private void write(String newDescription) throws IOException {
        description = newDescription.replaceAll("\\R", " ");
        String text = ProcessHandle.current().pid() + "\n" + description + "\n";
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        // One write over the old text, then cut: a reader takes two whole lines and never sees an empty file.
        content.seek(0);
        content.write(bytes);
        content.setLength(bytes.length);
    }

    private static Holder read(RandomAccessFile content) throws IOException {
        byte[] bytes = new byte[(int) Math.min(content.length(), 4096)];
        content.seek(0);
        int length = Math.max(0, content.read(bytes));
        List<String> lines =
                new String(bytes, 0, length, StandardCharsets.UTF_8).lines().toList();
        if (lines.size() < 2 || !lines.getFirst().matches("[0-9]{1,18}")) {
            return new Holder(0, "just starting");
        }
        return new Holder(Long.parseLong(lines.get(0)), lines.get(1));
    }

    private Holder self() {
        return new Holder(ProcessHandle.current().pid(), description);
    }
}
