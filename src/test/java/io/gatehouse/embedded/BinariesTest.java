package io.gatehouse.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BinariesTest {
    @TempDir
    Path folder;

    @Test
    void unpackersAtTheSameTimeAllGetTheWhole() throws IOException {
        List<CompletableFuture<Path>> unpacking = Stream.generate(
                        () -> Background.start("unpack", () -> new Binaries(folder).postgres()))
                .limit(2)
                .toList();
        for (CompletableFuture<Path> unpacked : unpacking) {
            Path programs = Background.join(unpacked);
            assertThat(programs.resolve("bin/postgres")).isExecutable();
            assertThat(PrivateFiles.list(programs.resolve("lib"), "*")).anyMatch(Files::isSymbolicLink);
        }
        assertThat(PrivateFiles.list(folder, "*")).hasSize(1);
    }

    @Test
    void leftoversOfAKilledUnpackerAreRemovedWhenOld() throws IOException {
        Path old = Files.createDirectories(folder.resolve(".unpacking-1"));
        Path fresh = Files.createDirectories(folder.resolve(".unpacking-2"));
        Files.setLastModifiedTime(old, FileTime.from(Instant.EPOCH));
        assertThat(new Binaries(folder).redisServer()).isExecutable();
        assertThat(old).doesNotExist();
        assertThat(fresh).exists();
    }

    @Test
    void everyPlatformHasItsNames() {
        assertThat(new Platform("linux", false).postgresArchive()).isEqualTo("/postgres-linux-x86_64.txz");
        assertThat(new Platform("linux", false).redisServer()).isEqualTo("/redis-server-6.2.6-v5-linux-amd64");
        assertThat(new Platform("linux", true).postgresArchive()).isEqualTo("/postgres-linux-arm_64.txz");
        assertThat(new Platform("linux", true).redisServer()).isEqualTo("/redis-server-6.2.7-linux-arm64");
        assertThat(new Platform("darwin", true).postgresArchive()).isEqualTo("/postgres-darwin-arm_64.txz");
        assertThat(new Platform("darwin", true).redisServer()).isEqualTo("/redis-server-6.2.6-v5-darwin-arm64");
    }
}
