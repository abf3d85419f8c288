package io.gatehouse;

import io.gatehouse.support.Await;
import io.gatehouse.support.ServeProcess;
import io.gatehouse.support.TestClient;
import io.gatehouse.support.TestService;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A service that is killed and started again at the same address, as a supervisor does. */
final class KilledService implements AutoCloseable {

    private final Path folder;
    private final Map<String, String> environment;
    private final TestClient client;
    private final TestClient operator;
    private ServeProcess process;

    private long started;

    /** Starts it. */
    KilledService(Path folder, Map<String, String> stores) throws IOException {
        int port = freePort();
        int opsPort = freePort();
        this.folder = folder;
        this.environment = new HashMap<>(stores);
        environment.putAll(TestService.NO_LIMITS);
        environment.putAll(Map.of(
                "APP_PORT",
                Integer.toString(port),
                "OPS_PORT",
                Integer.toString(opsPort),
                "LOG_LEVEL",
                "warn",
                "LOG_FORMAT",
                "json"));
        this.client = new TestClient("http://127.0.0.1:" + port);
        this.operator = new TestClient("http://127.0.0.1:" + opsPort);
        this.process = startProcess();
    }

    TestClient client() {
        return client;
    }

    /** After a kill. */
    void start() throws IOException {
        process = startProcess();
    }

    private ServeProcess startProcess() throws IOException {
        started = System.nanoTime();
        return ServeProcess.start(folder, environment, "serve");
    }

    /** Waits until it is ready; how long that took since its start. */
    Duration awaitReady(Duration limit) throws IOException {
        boolean inTime = Await.until(limit, () -> ready() || process.ended());
        if (!inTime || process.ended()) {
            throw new AssertionError("Not ready within " + limit + ", or ended:\n" + process.output());
        }
        return age();
    }

    /** Since its start. */
    Duration age() {
        return Duration.ofNanos(System.nanoTime() - started);
    }

    boolean ready() {
        try {
            return operator.get("/ready").status() == 200;
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    /** SIGKILL. */
    void kill() {
        process.kill();
    }

    /** SIGTERM; the exit code. */
    int terminate() {
        return process.terminate();
    }

    /** Lines of all lives, from warnings upwards, that hold a text. */
    List<String> linesWith(String text) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().startsWith("output"))
                    .flatMap(KilledService::lines)
                    .filter(line -> line.contains(text))
                    .toList();
        }
    }

    private static Stream<String> lines(Path file) {
        try {
            return Files.readAllLines(file).stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.close();
    }

    /**
     * Below those that the kernel gives to clients: one that asks again and again while nothing listens would at last be
     * given the port itself, and be connected to itself.
     */
    private static int freePort() throws IOException {
        SplittableRandom random = new SplittableRandom();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
        while (true) {
            try (ServerSocket socket =
                    new ServerSocket(random.nextInt(20_000, 30_000), 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (IOException e) {
                if (System.nanoTime() > deadline) {
                    throw e;
                }
            }
        }
    }
}
