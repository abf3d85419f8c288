package io.gatehouse.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the next user of a folder does with what an accident left there. */
class TakeoverTest {
    private static final Limits SHORT = new Limits(
            Duration.ofSeconds(20),
            Duration.ofSeconds(1),
            Duration.ofMillis(300),
            Duration.ofMillis(300),
            Duration.ofSeconds(30));

    /** Shared, because initdb takes a second; every test leaves it closed. */
    @TempDir
    static Path shared;

    @TempDir
    Path temporary;

    private Path dataDir;

    @BeforeEach
    void chooseDataDir() {
        dataDir = shared.resolve("data");
    }

    @AfterEach
    void stopLeftovers() {
        Stores.stopLeftovers(dataDir);
    }

    @Test
    void storesOfAKilledServiceAreTakenOverAndStoppedAtLast() throws Exception {
        try (Holder service = Holder.ofStores(dataDir)) {
            assertThat(service.report()).isEqualTo("holds EmbeddedStores");
            long postgres = Stores.postgresPid(dataDir);
            long redis = Stores.redisPid(dataDir);
            try (EmbeddedStores beside = Stores.open(dataDir)) {
                Stores.write(beside, "kept");
            }
            assertThat(Processes.running(postgres)).isTrue();
            service.kill();
            try (EmbeddedStores next = Stores.open(dataDir)) {
                assertThat(Stores.postgresPid(dataDir)).isEqualTo(postgres);
                assertThat(Stores.redisPid(dataDir)).isEqualTo(redis);
                assertThat(Stores.row(next)).isEqualTo("kept");
                assertThat(Stores.key(next)).isEqualTo("kept");
            }
            assertThat(Processes.running(postgres)).isFalse();
            assertThat(Processes.running(redis)).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"postgres.password", "redis/redis.pid", "postgres/postmaster.pid"})
    void serviceKilledWhileItStartsLeavesNothingDoubled(String reached) throws Exception {
        dataDir = reached.endsWith("password") ? temporary.resolve("new") : dataDir;
        try (Holder service = Holder.ofStores(dataDir)) {
            Waiting.until(Duration.ofSeconds(20), () -> Files.exists(dataDir.resolve(reached)));
            service.kill();
        }
        try (EmbeddedStores next = Stores.open(dataDir)) {
            Stores.write(next, "whole");
            assertThat(Stores.row(next)).isEqualTo("whole");
            assertThat(redisProcesses()).containsExactly(Stores.redisPid(dataDir));
        }
        assertThat(redisProcesses()).isEmpty();
    }

    private List<Long> redisProcesses() {
        StoreProcess redis = new StoreProcess("redis-server", dataDir.resolve("redis"), dataDir + "/redis/");
        return ProcessHandle.allProcesses()
                .map(ProcessHandle::pid)
                .filter(redis::is)
                .toList();
    }

    @Test
    void servicesThatStartAtOnceShareTheStores() throws Exception {
        dataDir = temporary.resolve("new");
        try (Holder one = Holder.ofStores(dataDir);
                Holder two = Holder.ofStores(dataDir)) {
            assertThat(one.report()).isEqualTo("holds EmbeddedStores");
            assertThat(two.report()).isEqualTo("holds EmbeddedStores");
            long postgres = Stores.postgresPid(dataDir);
            one.kill();
            assertThat(Processes.running(postgres)).isTrue();
        }
    }

    @Test
    void killedStoresStartAnewWithTheirData() throws IOException, SQLException {
        try (EmbeddedStores first = Stores.open(dataDir)) {
            Stores.write(first, "kept");
            Stores.kill(Stores.postgresPid(dataDir));
            Stores.kill(Stores.redisPid(dataDir));
            try (EmbeddedStores second = Stores.open(dataDir)) {
                assertThat(second.postgres().port())
                        .isNotEqualTo(first.postgres().port());
                assertThat(Stores.row(second)).isEqualTo("kept");
                assertThat(Stores.key(second)).isEqualTo("kept");
            }
        }
    }

    @Test
    void pidFilesThatNameAStrangerAreIgnored() throws Exception {
        Stores.open(dataDir).close();
        try (Holder stranger = Holder.ofLock(temporary.resolve("elsewhere"))) {
            assertThat(stranger.report()).startsWith("holds");
            Files.writeString(
                    Stores.postgresPidFile(dataDir),
                    stranger.pid() + "\n" + dataDir + "/postgres\n1\n5432\n\n127.0.0.1\n1 1\nready\n");
            Files.writeString(Stores.redisPidFile(dataDir), stranger.pid() + "\n");
            try (EmbeddedStores stores = Stores.open(dataDir)) {
                assertThat(Stores.postgresPid(dataDir)).isNotEqualTo(stranger.pid());
                assertThat(stores.postgres().port()).isNotEqualTo(5432);
                assertThat(Stores.redisPid(dataDir)).isNotEqualTo(stranger.pid());
            }
            assertThat(Processes.running(stranger.pid())).isTrue();
        }
    }

    @Test
    void storesOfAnotherFolderAreStrangersToo() throws Exception {
        Path other = temporary.resolve("other");
        Stores.open(dataDir).close();
        try (EmbeddedStores theirs = Stores.open(other)) {
            Files.copy(Stores.postgresPidFile(other), Stores.postgresPidFile(dataDir));
            Files.copy(Stores.redisPidFile(other), Stores.redisPidFile(dataDir));
            try (EmbeddedStores ours = Stores.open(dataDir)) {
                assertThat(ours.postgres().port())
                        .isNotEqualTo(theirs.postgres().port());
                assertThat(ours.redis().port()).isNotEqualTo(theirs.redis().port());
            }
            Stores.write(theirs, "untouched");
            assertThat(Stores.row(theirs)).isEqualTo("untouched");
        }
    }

    @Test
    void pidFileThatAPowerCutLeftEmptyIsRemoved() throws Exception {
        Stores.open(dataDir).close();
        Files.createFile(Stores.postgresPidFile(dataDir));
        Files.createFile(Stores.redisPidFile(dataDir));
        try (EmbeddedStores stores = Stores.open(dataDir)) {
            Stores.write(stores, "up");
            assertThat(Stores.key(stores)).isEqualTo("up");
        }
    }

    @Test
    void redisWhosePidFileWasNotYetWrittenIsFoundAndNotDoubled() throws Exception {
        try (EmbeddedStores _ = Stores.openRedis(dataDir, Limits.DEFAULT)) {
            long redis = Stores.redisPid(dataDir);
            Files.delete(Stores.redisPidFile(dataDir));
            try (Holder other = Holder.ofRedis(dataDir)) {
                Thread.sleep(1_000); // it waits for the file that Redis would write any moment
                Files.writeString(Stores.redisPidFile(dataDir), redis + "\n");
                assertThat(other.report()).isEqualTo("holds EmbeddedStores");
                assertThat(Stores.redisPid(dataDir)).isEqualTo(redis);
            }
        }
    }

    @Test
    void frozenStoresOfADeadServiceAreReplaced() throws Exception {
        try (Holder service = Holder.ofStores(dataDir)) {
            assertThat(service.report()).isEqualTo("holds EmbeddedStores");
            service.kill();
        }
        long postgres = Stores.postgresPid(dataDir);
        long redis = Stores.redisPid(dataDir);
        signal("STOP", postgres, redis);
        try (EmbeddedStores stores = Stores.open(dataDir, SHORT)) {
            Stores.write(stores, "works");
            assertThat(Stores.postgresPid(dataDir)).isNotEqualTo(postgres);
            assertThat(Stores.redisPid(dataDir)).isNotEqualTo(redis);
        }
        assertThat(Processes.running(postgres)).isFalse();
    }

    @Test
    void frozenStoresThatAnotherUsesAreLeftAlone() throws Exception {
        try (Holder service = Holder.ofRedis(dataDir)) {
            assertThat(service.report()).isEqualTo("holds EmbeddedStores");
            long redis = Stores.redisPid(dataDir);
            signal("STOP", redis);
            assertThatThrownBy(() -> Stores.openRedis(dataDir, SHORT))
                    .isInstanceOf(EmbeddedStoreException.class)
                    .hasMessageContaining("another process uses it");
            signal("CONT", redis);
            assertThat(Processes.running(redis)).isTrue();
            service.kill();
            Stores.openRedis(dataDir, Limits.DEFAULT).close();
            assertThat(Processes.running(redis)).isFalse();
        }
    }

    private static void signal(String name, long... pids) throws IOException {
        for (long pid : pids) {
            List<String> command = List.of("/bin/sh", "-c", "kill -" + name + " " + pid);
            Processes.run(command, Path.of("/"), Path.of("/dev/null"), Duration.ofSeconds(5));
        }
    }
}
