package io.gatehouse.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.support.Await;
import io.gatehouse.support.TestClock;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogFileTest {

    private static final long MOST_BYTES = 1_000;

    private final TestClock clock = new TestClock();

    @TempDir
    private Path folder;

    @Test
    void aFullFileBecomesAnArchiveAndNoLineIsLost() throws Exception {
        try (LogFile file = open(1_000_000)) {
            for (int i = 0; i < 100; i++) {
                write(file, "line %04d %s".formatted(i, "x".repeat(40)));
            }
        }

        Await.until(
                Duration.ofSeconds(5),
                () -> names().stream().filter(it -> it.endsWith(".gz")).count() == 5);
        String day = today().toString();
        assertThat(names())
                .containsExactly(
                        "app.log",
                        "app.log." + day + ".1.gz",
                        "app.log." + day + ".2.gz",
                        "app.log." + day + ".3.gz",
                        "app.log." + day + ".4.gz",
                        "app.log." + day + ".5.gz");
        StringBuilder all = new StringBuilder();
        for (int i = 1; i <= 5; i++) {
            String text = unpacked(folder.resolve("app.log." + day + "." + i + ".gz"));
            assertThat(text.length()).isBetween(900, 1_000);
            all.append(text);
        }
        all.append(Files.readString(log()));
        assertThat(all.toString().lines()).hasSize(100).isSorted();
        for (String name : names()) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(name))))
                    .isEqualTo("rw-------");
        }
    }

    @Test
    void aDayThatIsOverBecomesAnArchiveOfItsDate() throws IOException {
        LocalDate first = today();
        try (LogFile file = open(1_000_000)) {
            write(file, "of the first day");
            clock.move(Duration.ofDays(1));
            write(file, "of the second day");
        }

        Await.until(
                Duration.ofSeconds(5),
                () -> names().size() == 2 && names().getLast().endsWith(".1.gz"));
        assertThat(unpacked(folder.resolve("app.log." + first + ".1.gz"))).isEqualTo("of the first day\n");
        assertThat(log()).hasContent("of the second day");
    }

    @Test
    void whatIsFoundGoesOnAndAHalfLineIsCut() throws IOException {
        Files.writeString(log(), "whole\nhal");
        Files.setLastModifiedTime(log(), FileTime.from(clock.instant()));
        try (LogFile file = open(1_000_000)) {
            write(file, "next");
        }
        assertThat(log()).hasContent("whole\nnext");

        Files.setLastModifiedTime(log(), FileTime.from(clock.instant().minus(Duration.ofDays(2))));
        try (LogFile file = open(1_000_000)) {
            write(file, "of today");
        }
        // Compressing goes on in the background.
        Await.until(
                Duration.ofSeconds(5),
                () -> names().size() == 2 && names().getLast().endsWith(".1.gz"));
        assertThat(log()).hasContent("of today");
    }

    @Test
    void theOldestGoWhereAllAreBeyondTheBound() throws IOException {
        for (int day = 10; day < 20; day++) {
            Files.write(folder.resolve("app.log.2020-01-" + day + ".1.gz"), new byte[1_000]);
        }
        Files.write(folder.resolve("app.log.2020-01-05.10.gz"), new byte[1_000]);
        Files.write(folder.resolve("app.log.2020-01-05.9.gz"), new byte[1_000]);
        Files.writeString(folder.resolve("app.log.notes"), "somebody else's");
        Files.writeString(folder.resolve("other.log.2020-01-01.1.gz"), "somebody else's");

        LogArchives.Report report = new LogArchives(log(), 10_500, clock).tidy();

        assertThat(report).isEqualTo(new LogArchives.Report(11, 10_000, 2));
        assertThat(names())
                .doesNotContain("app.log.2020-01-05.9.gz", "app.log.2020-01-05.10.gz")
                .contains("app.log.2020-01-10.1.gz", "app.log.notes", "other.log.2020-01-01.1.gz");
    }

    @Test
    void whatAKilledProcessLeftIsCompressedLater() throws IOException {
        Files.writeString(folder.resolve("app.log.2020-01-05.1"), "not yet\n");
        Path half = Files.writeString(folder.resolve("app.log.123.half"), "no");
        Files.setLastModifiedTime(half, FileTime.from(clock.instant().minus(Duration.ofHours(2))));

        LogArchives.Report report = new LogArchives(log(), 1_000_000, clock).tidy();

        assertThat(report.files()).isEqualTo(2);
        assertThat(names()).containsExactly("app.log.2020-01-05.1.gz");
        assertThat(unpacked(folder.resolve("app.log.2020-01-05.1.gz"))).isEqualTo("not yet\n");
    }

    @Test
    void aFileThatWasMovedOrRemovedIsMadeAnew() throws IOException {
        try (LogFile file = open(1_000_000)) {
            write(file, "before");
            Files.move(log(), folder.resolve("elsewhere"));
            clock.move(Duration.ofSeconds(2));
            write(file, "after");
            assertThat(log()).hasContent("after");

            Files.delete(log());
            clock.move(Duration.ofSeconds(2));
            write(file, "again");
        }
        assertThat(log()).hasContent("again");
        assertThat(folder.resolve("elsewhere")).hasContent("before");
    }

    @Test
    void aFullDiskFailsAndIsUsedAgainWhenThereIsRoom() throws IOException {
        Files.createSymbolicLink(log(), Path.of("/dev/full"));
        try (LogFile file = open(1_000_000)) {
            assertThatThrownBy(() -> write(file, "lost"))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("No space left");
            assertThatThrownBy(() -> write(file, "lost")).isInstanceOf(IOException.class);

            Files.delete(log());
            clock.move(Duration.ofSeconds(2));
            write(file, "kept");
        }
        assertThat(log()).hasContent("kept");
    }

    @Test
    void aSecondWriterIsRefused() throws IOException {
        try (LogFile _ = open(1_000_000)) {
            assertThatThrownBy(() -> open(1_000_000))
                    .isInstanceOf(LogFileException.class)
                    .hasMessageContaining("is being written by another process; give every replica its own");
        }
        open(1_000_000).close();
    }

    @Test
    void whereNoFileCanBeTheMendIsSaid() throws IOException {
        Files.writeString(folder.resolve("file"), "");
        assertThatThrownBy(() -> new LogFile(
                        folder.resolve("file").resolve("app.log"), MOST_BYTES, new LogArchives(log(), 1, clock), clock))
                .isInstanceOf(LogFileException.class)
                .hasMessageContaining("choose another, or make its folder writable");
    }

    private LogFile open(long allBytes) {
        return new LogFile(log(), MOST_BYTES, new LogArchives(log(), allBytes, clock), clock);
    }

    private Path log() {
        return folder.resolve("app.log");
    }

    private LocalDate today() {
        return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    }

    private static void write(LogFile file, String line) throws IOException {
        byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
        file.write(bytes, bytes.length);
    }

    private List<String> names() {
        try (Stream<Path> all = Files.list(folder)) {
            return all.map(path -> String.valueOf(path.getFileName())).sorted().toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static String unpacked(Path file) throws IOException {
        try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
