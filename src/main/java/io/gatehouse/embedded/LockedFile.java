package io.gatehouse.embedded;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file with a kernel lock on it, both given up by closing. The file stays: removing it would let two processes lock
 * two files of the same name.
 */
final class LockedFile implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LockedFile.class);

    private final FileChannel channel;

    private LockedFile(FileChannel channel) {
        this.channel = channel;
    }

    static @Nullable LockedFile tryExclusive(Path file) throws IOException {
        return lock(file, false);
    }

    static LockedFile shared(Path file) throws IOException {
        LockedFile locked = lock(file, true);
        if (locked == null) {
            throw new EmbeddedStoreException(
                    file + " is locked by something that is not Gatehouse; find it with `fuser " + file + "`");
        }
        return locked;
    }

    private static @Nullable LockedFile lock(Path file, boolean shared) throws IOException {
        FileChannel channel = FileChannel.open(
                file,
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
                PrivateFiles.OWNER_ONLY_FILE);
        LockedFile locked = new LockedFile(channel);
        try {
            FileLock lock = channel.tryLock(0, Long.MAX_VALUE, shared);
            if (lock != null) {
                return locked;
            }
        } catch (OverlappingFileLockException e) {
            LOG.debug("{} is locked by another class loader of this JVM", file, e);
        }
        locked.close();
        return null;
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.warn("Closing a lock file failed; the lock ends with this process", e);
        }
    }
}
