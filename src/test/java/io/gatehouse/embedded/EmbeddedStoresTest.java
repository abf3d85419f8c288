package io.gatehouse.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.embedded.EmbeddedStores.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedStoresTest {
    /** Used by one test after the other, because initdb takes a second. With a space, as on a Mac. */
    @TempDir
    static Path shared;

    @TempDir
    Path temporary;

    private Path dataDir;
    private Path used;

    @BeforeEach
    void chooseDataDir() {
        dataDir = temporary.resolve("data");
        used = shared.resolve("used before");
    }

    @AfterEach
    void stopLeftovers() {
        Stores.stopLeftovers(used);
        Stores.stopLeftovers(dataDir);
    }

    @Test
    void dataSurvivesCloseAndReopen() throws IOException, SQLException {
        try (EmbeddedStores first = Stores.open(used)) {
            Stores.write(first, "kept");
        }
        try (EmbeddedStores second = Stores.open(used)) {
            assertThat(Stores.row(second)).isEqualTo("kept");
            assertThat(Stores.key(second)).isEqualTo("kept");
        }
    }

    @Test
    void secondUserMeetsTheSameStoresAndLeavesThemRunning() throws IOException, SQLException {
        try (EmbeddedStores first = Stores.open(used)) {
            try (EmbeddedStores second = Stores.open(used)) {
                assertThat(second.postgres()).isEqualTo(first.postgres());
                assertThat(second.redis()).isEqualTo(first.redis());
            }
            Stores.write(first, "still here");
            assertThat(Stores.row(first)).isEqualTo("still here");
        }
    }

    @Test
    void lastUserStopsTheStoresOnceHoweverOftenItCloses() throws IOException {
        EmbeddedStores stores = Stores.open(used);
        long postgres = Stores.postgresPid(used);
        long redis = Stores.redisPid(used);
        stores.close();
        stores.close();
        assertThat(Processes.running(postgres)).isFalse();
        assertThat(Processes.running(redis)).isFalse();
    }

    @Test
    void onlyWhatWasAskedForIsStarted() {
        try (EmbeddedStores stores = EmbeddedStores.open(dataDir, Stores.BINARIES, Set.of(Kind.REDIS))) {
            assertThat(stores.redis().host()).isEqualTo("127.0.0.1");
            assertThat(dataDir.resolve("postgres")).doesNotExist();
            assertThatThrownBy(stores::postgres)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("POSTGRES was not opened");
        }
    }

    @Test
    void interruptedThreadStillOpensAndClosesInOrder() throws IOException {
        Thread.currentThread().interrupt();
        EmbeddedStores stores = EmbeddedStores.open(dataDir, Stores.BINARIES, Set.of(Kind.REDIS));
        long redis = Stores.redisPid(dataDir);
        stores.close();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(Processes.running(redis)).isFalse();
    }

    @Test
    void leftoversOfAKilledInitdbAreRemoved() throws IOException, SQLException {
        Path leftover = dataDir.resolve("postgres.new-123/base/1");
        Files.createDirectories(leftover);
        Files.writeString(leftover.resolve("1259"), "half");
        Files.createDirectories(dataDir.resolve("postgres"));
        try (EmbeddedStores stores = Stores.open(dataDir)) {
            Stores.write(stores, "repaired");
            assertThat(Stores.row(stores)).isEqualTo("repaired");
        }
        assertThat(dataDir.resolve("postgres.new-123")).doesNotExist();
    }

    @Test
    void foreignDataIsRefusedAndNotTouched() throws IOException {
        Path foreign = dataDir.resolve("postgres/precious");
        Files.createDirectories(foreign);
        assertThatThrownBy(() -> Stores.open(dataDir))
                .isInstanceOf(EmbeddedStoreException.class)
                .hasMessageContaining("holds no PostgreSQL data");
        assertThat(foreign).exists();
        assertThat(Stores.redisPidFile(dataDir)).doesNotExist();
    }

    @Test
    void storeThatCannotStartTellsItsOwnReason() throws IOException {
        Stores.open(dataDir).close();
        Files.writeString(dataDir.resolve("postgres/postgresql.conf"), "no_such_setting = 1\n");
        assertThatThrownBy(() -> Stores.open(dataDir))
                .isInstanceOf(EmbeddedStoreException.class)
                .hasMessageContaining("unrecognized configuration parameter \"no_such_setting\"");
    }

    @Test
    void lostPasswordIsReportedAndNothingIsLeftRunning() throws IOException {
        Stores.open(used).close();
        Path file = used.resolve("postgres.password");
        String right = Files.readString(file);
        Files.writeString(file, "not-the-right-one\n");
        assertThatThrownBy(() -> Stores.open(used))
                .isInstanceOf(EmbeddedStoreException.class)
                .hasMessageContaining("refuses the password in " + file);
        assertThat(Stores.postgresPidFile(used)).doesNotExist();
        assertThat(Stores.redisPidFile(used)).doesNotExist();
        Files.writeString(file, right);
        Stores.open(used).close();
    }

    @Test
    void secretsStayInPrivateFiles() throws IOException {
        try (EmbeddedStores stores = Stores.open(used)) {
            for (String file : List.of("postgres.password", "redis.password", "redis/redis.conf", "stores.use")) {
                assertThat(mode(file)).as(file).isEqualTo("rw-------");
            }
            for (String folder : List.of("", "postgres", "redis")) {
                assertThat(mode(folder)).as(folder).isEqualTo("rwx------");
            }
            for (Endpoint endpoint : List.of(stores.postgres(), stores.redis())) {
                assertThat(endpoint.toString() + endpoint.jdbcUrl()).doesNotContain(endpoint.password());
                assertThat(commandLines()).doesNotContain(endpoint.password());
                assertThat(logs()).doesNotContain(endpoint.password());
            }
        }
    }

    @Test
    void storesDoNotInheritOurEnvironment() throws IOException {
        try (EmbeddedStores stores = EmbeddedStores.open(dataDir, Stores.BINARIES, Set.of(Kind.REDIS))) {
            Path environment = Path.of("/proc", Long.toString(Stores.redisPid(dataDir)), "environ");
            assertThat(stores.redis().port()).isPositive();
            if (Files.exists(environment)) {
                assertThat(Files.readString(environment, StandardCharsets.ISO_8859_1)
                                .split("\0"))
                        .allMatch(variable -> variable.startsWith("PATH=") || variable.startsWith("LC_ALL="));
            }
        }
    }

    private String mode(String file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(used.resolve(file)));
    }

    private String logs() throws IOException {
        return Files.readString(used.resolve("postgres.log")) + Files.readString(used.resolve("redis.log"));
    }

    private static String commandLines() {
        StringBuilder lines = new StringBuilder();
        ProcessHandle.allProcesses()
                .forEach(process ->
                        lines.append(process.info().commandLine().orElse("")).append('\n'));
        return lines.toString();
    }
}
