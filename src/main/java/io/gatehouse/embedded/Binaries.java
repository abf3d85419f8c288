package io.gatehouse.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.zip.CRC32;

/**
 * The programs of the stores, unpacked once from the class path into a folder per version.
 *
 * <p>They are unpacked beside their place and renamed, so a kill leaves nothing half, and of two processes that unpack
 * at once the later one takes what the former made.
 *
 * @param folder may be shared by any number of data folders
 */
record Binaries(Path folder) {
    private static final String UNFINISHED = ".unpacking-";
    private static final Duration ABANDONED = Duration.ofHours(1);

    /** Fills a new folder from a resource. */
    @FunctionalInterface
    private interface Unpacker {
        void unpack(InputStream resource, Path target) throws IOException;
    }

    /** The folder with {@code bin/initdb}, {@code bin/pg_ctl} and {@code bin/postgres}. */
    Path postgres() throws IOException {
        return unpacked("postgres", Platform.current().postgresArchive(), Archive::extract);
    }

    /** The {@code redis-server} program. */
    Path redisServer() throws IOException {
        return unpacked("redis", Platform.current().redisServer(), Binaries::copyRedis)
                .resolve(RedisServer.PROGRAM);
    }

    private static void copyRedis(InputStream resource, Path target) throws IOException {
        Path program = target.resolve(RedisServer.PROGRAM);
        Files.copy(resource, program);
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        Archive.flush(program);
    }

    private Path unpacked(String name, String resource, Unpacker unpacker) throws IOException {
        URL url = Binaries.class.getResource(resource);
        if (url == null) {
            throw new EmbeddedStoreException("This build has no " + resource
                    + "; build on the machine that shall run it, or configure stores of your own");
        }
        Path target = folder.toAbsolutePath().resolve(name + "-" + fingerprint(url));
        if (!Files.isDirectory(target)) {
            unpack(url, target, unpacker);
        }
        return target;
    }

    private void unpack(URL url, Path target, Unpacker unpacker) throws IOException {
        Files.createDirectories(folder);
        removeAbandoned();
        Path temporary = Files.createTempDirectory(folder.toAbsolutePath(), UNFINISHED);
        try (InputStream resource = url.openStream()) {
            unpacker.unpack(resource, temporary);
            PrivateFiles.move(temporary, target);
        } catch (FileSystemException e) {
            if (!Files.isDirectory(target)) { // else another process was faster
                throw e;
            }
        } finally {
            PrivateFiles.deleteTree(temporary);
        }
    }

    private void removeAbandoned() throws IOException {
        // Compared with the clock of the file system, and by much: what is younger may be at work.
        Path now = Files.createTempFile(folder.toAbsolutePath(), UNFINISHED, "");
        Instant before = Files.getLastModifiedTime(now).toInstant().minus(ABANDONED);
        Files.delete(now);
        for (Path path : PrivateFiles.list(folder, UNFINISHED + "*")) {
            if (Files.exists(path)
                    && Files.getLastModifiedTime(path).toInstant().isBefore(before)) {
                PrivateFiles.deleteTree(path);
            }
        }
    }

    /** Tells versions apart; in a jar by the checksum that its directory holds, so without reading the whole. */
    private static String fingerprint(URL url) throws IOException {
        URLConnection connection = url.openConnection();
        if (connection instanceof JarURLConnection jar) {
            return Long.toHexString(jar.getJarEntry().getCrc());
        }
        try (InputStream resource = connection.getInputStream()) {
            CRC32 checksum = new CRC32();
            checksum.update(resource.readAllBytes());
            return Long.toHexString(checksum.getValue());
        }
    }
}
