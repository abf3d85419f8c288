package io.gatehouse.id;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.config.Settings.Postgres;
import io.gatehouse.support.Await;
import io.gatehouse.support.TestDatabase;
import java.io.DataInputStream;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code kill -STOP} a replica past its lease, start another, {@code kill -CONT} the first. */
class StoppedReplicaTest {

    @RegisterExtension
    private final TestDatabase database = new TestDatabase();

    @TempDir
    private Path folder;

    /** First and last id of a row of ids without a gap. */
    private record Range(long first, long last) {}

    /** So as not to wait for the lease to end, it is ended by hand. */
    @Test
    void replicasOfOneNumberNeverShareAnId() throws Exception {
        try (Maker stopped = new Maker("-15", 7);
                Maker other = new Maker("15", 7)) {
            stopped.awaitSaying("ready");
            other.awaitSaying("ready");
            stopped.go();
            stopped.awaitSaying("first");
            TimeUnit.MILLISECONDS.sleep(500);
            stopped.signal("STOP");
            database.execute("update id_workers set leased_until = 'epoch'");
            other.go();
            other.awaitSaying("first");
            TimeUnit.SECONDS.sleep(2);
            stopped.signal("CONT");
            TimeUnit.SECONDS.sleep(1);

            assertThat(stopped.end("after-stop"))
                    .as("ids made in spite of the lost lease")
                    .isPositive();
            assertThat(other.end("made")).isPositive();
            assertNoneShared(stopped, other);
        }
    }

    /**
     * The real thing: by the clocks alone, in both directions, for one number and for any. Where the clock that was
     * ahead comes first, the other waits until it has caught up; it makes none of the first one's ids.
     */
    @ParameterizedTest
    @CsvSource({"-30,0,7", "30,0,7", "0,30,7", "-30,0,-1", "30,0,-1"})
    @Tag("soak")
    void replicasWithClocksHalfAMinuteApartNeverShareAnId(String first, String second, int worker) throws Exception {
        try (Maker stopped = new Maker(first, worker)) {
            stopped.go();
            stopped.awaitSaying("first");
            TimeUnit.SECONDS.sleep(5);
            stopped.signal("STOP");
            TimeUnit.SECONDS.sleep(13);
            try (Maker other = new Maker(second, worker)) {
                other.go();
                TimeUnit.SECONDS.sleep(3);
                stopped.signal("CONT");
                TimeUnit.SECONDS.sleep(60);

                System.out.printf(
                        "clocks %s and %s, worker %d: %d and %d ids, %d after the stop, refused %d and %d%n",
                        first,
                        second,
                        worker,
                        stopped.end("made"),
                        other.end("made"),
                        stopped.end("after-stop"),
                        stopped.end("refused"),
                        other.end("refused"));
                assertThat(other.end("made")).isPositive();
                assertNoneShared(stopped, other);
            }
        }
    }

    private static void assertNoneShared(Maker one, Maker another) throws IOException {
        List<Range> all = new ArrayList<>(one.ranges());
        all.addAll(another.ranges());
        all.sort(Comparator.comparingLong(Range::first));
        for (int i = 1; i < all.size(); i++) {
            if (all.get(i).first() <= all.get(i - 1).last()) {
                throw new AssertionError("Shared: " + all.get(i - 1) + " and " + all.get(i));
            }
        }
        assertThat(all).hasSizeGreaterThan(100);
    }

    /** A process of its own, with a clock that is so many seconds wrong. */
    private final class Maker implements AutoCloseable {

        private final Path file;
        private final Path output;
        private final Process process;

        Maker(String offset, int worker) throws IOException {
            file = Files.createTempFile(folder, "ids", ".bin");
            output = Files.createTempFile(folder, "output", ".txt");
            Postgres postgres = database.settings();
            ProcessBuilder builder = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx112m",
                            "-cp",
                            System.getProperty("java.class.path"),
                            IdMaker.class.getName(),
                            Integer.toString(postgres.addresses().getFirst().port()),
                            postgres.database(),
                            postgres.login().user(),
                            offset,
                            Integer.toString(worker),
                            file.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile());
            builder.environment().put("PGPASSWORD", postgres.login().password().value());
            process = builder.start();
        }

        void go() throws IOException {
            Files.write(new File(file + ".go").toPath(), new byte[0]);
        }

        void awaitSaying(String word) {
            assertThat(Await.until(Duration.ofSeconds(30), () -> said().contains(word)))
                    .as(said())
                    .isTrue();
        }

        void signal(String name) throws Exception {
            int code = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                    .start()
                    .waitFor();
            assertThat(code).isZero();
        }

        /** Ends it, if it has not ended yet; a figure of what it did. */
        long end(String figure) throws Exception {
            Files.write(new File(file + ".end").toPath(), new byte[0]);
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            Matcher found = Pattern.compile(figure + " (\\d+)").matcher(said());
            assertThat(found.find()).as(said()).isTrue();
            return Long.parseLong(found.group(1));
        }

        List<Range> ranges() throws IOException {
            List<Range> ranges = new ArrayList<>();
            try (DataInputStream in = new DataInputStream(Files.newInputStream(file))) {
                while (in.available() > 0) {
                    long first = in.readLong();
                    ranges.add(new Range(first, first + in.readInt() - 1));
                }
            }
            return ranges;
        }

        private String said() {
            try {
                return Files.readString(output);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }
}
