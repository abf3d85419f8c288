package io.gatehouse.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Files and folders for their owner's eyes only, that appear as a whole or not at all, also across a power cut. */
final class PrivateFiles {
    private static final Logger LOG = LoggerFactory.getLogger(PrivateFiles.class);
    private static final Set<PosixFilePermission> FOLDER_MODE = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> FILE_MODE = PosixFilePermissions.fromString("rw-------");

    static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY_FOLDER =
            PosixFilePermissions.asFileAttribute(FOLDER_MODE);
    static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY_FILE =
            PosixFilePermissions.asFileAttribute(FILE_MODE);

    private PrivateFiles() {}

    /** Creates the folder, or takes the one there is, and answers its real path. */
    static Path folder(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(folder, OWNER_ONLY_FOLDER);
        } else if (!Files.getPosixFilePermissions(folder).equals(FOLDER_MODE)) {
            tighten(folder);
        }
        return folder.toRealPath();
    }

    // Only an empty folder is surely meant for us alone: DATA_DIR=/tmp must not lock the machine's users out.
    private static void tighten(Path folder) throws IOException {
        if (list(folder, "*").isEmpty()) {
            Files.setPosixFilePermissions(folder, FOLDER_MODE);
        } else {
            LOG.debug("{} is not of mode 700; the stores' own files below it are private all the same", folder);
        }
    }

    /** Writes a file of mode 600; a reader sees the old text or the new, never a part. */
    static void write(Path file, String text) throws IOException {
        Path temporary = Files.createTempFile(parent(file), "." + file.getFileName(), ".tmp", OWNER_ONLY_FILE);
        try {
            try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
                ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            move(temporary, file);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /** Renames within a folder, and makes the new name last. */
    static void move(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel folder = FileChannel.open(parent(to), StandardOpenOption.READ)) {
            folder.force(true);
        }
    }

    static List<Path> list(Path folder, String glob) throws IOException {
        try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, glob)) {
            List<Path> paths = new ArrayList<>();
            found.forEach(paths::add);
            return paths;
        }
    }

    /** Removes as much as can be removed: a leftover costs space only, and an orphan may still be writing into it. */
    static void deleteTree(Path root) {
        try (Stream<Path> paths = Files.walk(root)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (NoSuchFileException e) {
            LOG.trace("{} is gone already", root, e);
        } catch (IOException | UncheckedIOException e) {
            LOG.warn("Could not remove {} wholly; it is not needed and may be deleted", root, e);
        }
    }

    private static Path parent(Path file) {
        Path parent = file.toAbsolutePath().getParent();
        if (parent == null) {
            throw new EmbeddedStoreException(file + " cannot be a file: it is the root folder");
        }
        return parent;
    }
}
