package io.gatehouse.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.support.Await;
import io.gatehouse.support.Cable;
import io.gatehouse.support.ServeProcess;
import io.gatehouse.support.TestClient;
import io.gatehouse.support.TestService;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** A hundred thousand lines under load, while the database comes and goes: each of them read, no secret in any. */
@Tag("soak")
class LogsSoakTest {

    @RegisterExtension
    private static final TestService SERVICE = new TestService();

    private static final int LINES = 100_000;
    private static final int CLIENTS = 8;
    private static final Duration OUTAGE = Duration.ofSeconds(3);

    private final AtomicInteger rounds = new AtomicInteger();

    @TempDir
    private Path folder;

    @Test
    void atInfo() throws Exception {
        allLinesAreSound("info");
    }

    @Test
    void atTrace() throws Exception {
        allLinesAreSound("trace");
    }

    private void allLinesAreSound(String level) throws Exception {
        Map<String, String> environment = new HashMap<>(SERVICE.asEnvironment());
        try (Cable database = Cable.to(Integer.parseInt(environment.get("POSTGRE_PORT")))) {
            environment.putAll(Map.of(
                    "POSTGRE_PORT", Integer.toString(database.port()),
                    "LOG_FILE", "app.log",
                    "LOG_FORMAT", "json",
                    "LOG_LEVEL", level,
                    "THROTTLE_LIMIT", "1000000",
                    "SHORT_THROTTLE_LIMIT", "1000000"));
            try (ServeProcess serve = ServeProcess.serve(folder, environment)) {
                assertThat(Await.until(Duration.ofSeconds(10), () -> serve.metric("gatehouse_ids_worker") >= 0))
                        .isTrue();
                load(serve, database);
                double dropped = serve.metric("gatehouse_log_lines_dropped_total");
                assertThat(serve.terminate()).isZero();
                Seen seen = read();
                System.out.printf(
                        "LOG_LEVEL=%s: %,d lines, %.0f dropped, longest %,d bytes, %d rounds of the canary, %d of 503%n",
                        level, seen.lines, dropped, seen.longest, rounds.get(), seen.unavailable);
                assertThat(seen.lines).isGreaterThan(LINES);
                assertThat(seen.unavailable)
                        .as("requests while the database was away")
                        .isPositive();
            }
        }
    }

    /** Until enough has been logged; the database is away for a while, again and again. */
    private void load(ServeProcess serve, Cable database) throws InterruptedException, IOException {
        AtomicInteger begun = new AtomicInteger();
        List<Thread> clients = IntStream.range(0, CLIENTS)
                .mapToObj(n -> Thread.ofVirtual().start(() -> requests(serve, begun)))
                .toList();
        while (begun.get() < LINES) {
            Await.pause(OUTAGE);
            database.silence();
            Await.pause(OUTAGE);
            database.pull();
            Await.pause(OUTAGE);
            database.plug();
        }
        for (Thread client : clients) {
            client.join();
        }
    }

    /** Mostly quick requests that are logged like any other; between them the canary through every place. */
    private void requests(ServeProcess serve, AtomicInteger begun) {
        TestClient client = serve.client();
        try {
            Canary canary = new Canary(serve.base());
            while (begun.get() < LINES) {
                canary.sing(rounds.incrementAndGet());
                for (int i = 0; i < 1_000 && begun.getAndIncrement() < LINES; i++) {
                    var _ = client.with("Cookie", "session=" + Canary.MARK + i).get("/api/session?" + Canary.MARK);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class Seen {
        private long lines;
        private int longest;
        private long unavailable;
    }

    private Seen read() throws IOException {
        Seen seen = new Seen();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(it -> String.valueOf(it.getFileName()).startsWith("app.log"))
                    .toList()) {
                read(file, seen);
            }
        }
        return seen;
    }

    private static void read(Path file, Seen seen) throws IOException {
        try (InputStream bytes = Files.newInputStream(file);
                BufferedReader lines = new BufferedReader(new InputStreamReader(
                        file.toString().endsWith(".gz") ? new GZIPInputStream(bytes) : bytes,
                        StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                int length = line.getBytes(StandardCharsets.UTF_8).length;
                assertThat(length).isLessThanOrEqualTo(PinoLayout.MOST_BYTES);
                assertThat(Canary.heard(line)).as(line).isFalse();
                seen.unavailable +=
                        JsonMapper.shared().readTree(line).path("status").asInt(0) == 503 ? 1 : 0;
                seen.longest = Math.max(seen.longest, length);
                seen.lines++;
            }
        }
    }
}
