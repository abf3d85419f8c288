package io.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.support.Await;
import io.gatehouse.support.ConcurrentTest;
import io.gatehouse.support.LauncherProcess.Ran;
import io.gatehouse.support.ServeProcess;
import io.gatehouse.support.TestClient;
import io.gatehouse.support.TestClient.Answer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The service as a process of its own, with stores of its own. */
class ServeTest {

    /** The stores' programs are unpacked here once for the whole run. */
    private static final Path BINARIES = Path.of("target", "test-stores", "bin");

    private static final Map<String, String> NO_CHANGES = Map.of();

    @TempDir
    private Path folder;

    @BeforeEach
    void shareTheUnpackedPrograms() throws IOException {
        Files.createDirectories(BINARIES);
        Files.createDirectories(folder.resolve("var"));
        Files.createSymbolicLink(folder.resolve("var").resolve("bin"), BINARIES.toAbsolutePath());
    }

    @AfterEach
    void noStoreIsLeftBehind() throws IOException {
        assertThat(storesIn(folder)).isEmpty();
    }

    @ConcurrentTest
    void servesStopsInOrderAndKeepsItsData() throws Exception {
        try (ServeProcess first = ServeProcess.serve(folder, NO_CHANGES)) {
            String password = seedPassword();
            assertThat(first.output())
                    .contains("Wrote COOKIE_SECRET, ECIES_PRIVATE_KEY, SEED_PASSWORD to .env", password);
            assertThat(first.client().login("dev@example.com", password).status())
                    .isEqualTo(200);
            assertThat(first.client().register("kept@example.com").status()).isEqualTo(201);
            assertThat(first.operator().get("/ready").data().path("status").stringValue())
                    .isEqualTo("ready");

            assertThat(first.terminate()).isZero();
            assertThat(first.output()).contains("draining", "stopped");
        }
        assertThat(storesIn(folder)).isEmpty();
        String env = Files.readString(folder.resolve(".env"));

        Map<String, String> slowHashes = Map.of("ARGON2_MEMORY_KIB", "65536", "ARGON2_TIME_COST", "10");
        try (ServeProcess second = ServeProcess.serve(folder, slowHashes)) {
            assertThat(second.client().login("kept@example.com").status()).isEqualTo(200);
            assertThat(second.client().login("dev@example.com", seedPassword()).status())
                    .isEqualTo(200);
            stopsAfterTheRequestInFlight(second);
        }
        assertThat(folder.resolve(".env")).hasContent(env);
    }

    private static void stopsAfterTheRequestInFlight(ServeProcess slow) throws Exception {
        var answer = slow.client()
                .postAsync(
                        "/api/user/register", TestClient.registration("Ada", "last@example.com", TestClient.PASSWORD));
        assertThat(Await.until(Duration.ofSeconds(10), () -> slow.metric("gatehouse_password_hashes_running") > 0))
                .isTrue();

        assertThat(slow.terminate()).isZero();
        assertThat(answer.join().status()).isEqualTo(201);
        assertThat(slow.output()).containsSubsequence("draining", "request completed", "stopped");
    }

    @ConcurrentTest
    void aSecondServiceIsRefusedCommandsAttachAndAfterAKillNothingIsLost(@TempDir Path elsewhere) throws Exception {
        String cookie;
        try (ServeProcess killed = ServeProcess.serve(folder, NO_CHANGES)) {
            aSecondServiceInTheFolderOrOnThePortIsRefused(killed, elsewhere);
            commandsAttach();
            killed.client().register("survivor@example.com");
            cookie = killed.client().login("survivor@example.com").cookie();
            killed.kill();
        }
        assertThat(storesIn(folder)).hasSize(2);

        try (ServeProcess next = ServeProcess.serve(folder, NO_CHANGES)) {
            TestClient client = next.client().with("Cookie", cookie);
            assertThat(client.get("/api/session").status()).isEqualTo(200);
            assertThat(client.get("/api/user/profile").status()).isEqualTo(200);
        }
    }

    private void aSecondServiceInTheFolderOrOnThePortIsRefused(ServeProcess first, Path elsewhere) throws IOException {
        Files.createDirectories(elsewhere.resolve("var"));
        Files.createSymbolicLink(elsewhere.resolve("var").resolve("bin"), BINARIES.toAbsolutePath());
        try (ServeProcess second = ServeProcess.start(folder, NO_CHANGES, "serve")) {
            assertThat(second.exitCode()).isEqualTo(1);
            assertThat(second.output()).contains("Already running in").contains("http://localhost:");
        }
        String port = Integer.toString(URI.create(first.base()).getPort());
        try (ServeProcess onPort = ServeProcess.start(elsewhere, Map.of("APP_PORT", port), "serve")) {
            assertThat(onPort.exitCode()).isEqualTo(1);
            assertThat(onPort.output().lines().filter(line -> line.contains(port)))
                    .containsExactly("Cannot listen on 127.0.0.1:" + port
                            + " (Address already in use); stop what listens there, or choose another APP_PORT");
            assertThat(onPort.output()).doesNotContain("BindException", "ERROR");
        }
        assertThat(storesIn(elsewhere)).isEmpty();
        assertThat(first.client().get("/api/health").status()).isEqualTo(200);
    }

    private void commandsAttach() throws IOException {
        try (ServeProcess status = ServeProcess.start(folder, NO_CHANGES, "db", "status")) {
            assertThat(status.exitCode()).as(status.output()).isZero();
            assertThat(status.output()).contains("Database gatehouse on 127.0.0.1:", "Nothing waits.");
        }
    }

    @ConcurrentTest
    void whileItStartsOperatorsAreToldAndItCanBeStopped() throws Exception {
        int port = freePort();
        TestClient operator = new TestClient("http://127.0.0.1:" + port);
        try (ServeProcess serve = ServeProcess.start(folder, Map.of("OPS_PORT", Integer.toString(port)), "serve")) {
            assertThat(Await.until(Duration.ofSeconds(60), () -> isStarting(operator)))
                    .as(serve.output())
                    .isTrue();
            assertThat(operator.get("/live").status()).isEqualTo(200);

            assertThat(serve.terminate()).as(serve.output()).isZero();
        }
    }

    private static boolean isStarting(TestClient operator) {
        try {
            Answer ready = operator.get("/ready");
            return ready.status() == 503
                    && ready.data().path("status").stringValue().equals("starting");
        } catch (UncheckedIOException e) {
            return false; // not even that
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }

    @ConcurrentTest
    void wrongUsageAndWrongSettingsAreSaidAndStartNothing() {
        Ran unknown = CommandRun.run(folder, NO_CHANGES, "srve");
        assertThat(unknown.exitCode()).isEqualTo(2);
        assertThat(unknown.output()).contains("there is no command srve", "Usage: ./gatehouse COMMAND");
        Ran wrong = CommandRun.run(folder, Map.of("APP_PORT", "x", "REDIS_DB", "y"), "serve");
        assertThat(wrong.exitCode()).isEqualTo(1);
        assertThat(wrong.output()).contains("2 problems", "APP_PORT is \"x\"", "REDIS_DB is \"y\"");
        Ran check = CommandRun.run(folder, Map.of("COOKIE_SECRET", "hush"), "config", "check");
        assertThat(check.exitCode()).isZero();
        assertThat(check.output()).contains("The settings are good.").doesNotContain("hush", "DEBUG");
        assertThat(folder.resolve("var").resolve("postgres")).doesNotExist();
    }

    private String seedPassword() throws IOException {
        return Files.readAllLines(folder.resolve(".env")).stream()
                .filter(line -> line.startsWith("SEED_PASSWORD="))
                .findFirst()
                .orElseThrow()
                .substring("SEED_PASSWORD=".length());
    }

    /** Live processes that work in the folder's stores. */
    private static List<Long> storesIn(Path folder) throws IOException {
        Path real = folder.toRealPath();
        try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
            return all.filter(process -> worksIn(process, real))
                    .filter(process -> process.parent()
                            .map(parent -> !worksIn(parent, real))
                            .orElse(true))
                    .map(ProcessHandle::pid)
                    .toList();
        }
    }

    private static boolean worksIn(ProcessHandle process, Path folder) {
        try {
            Path proc = Path.of("/proc", Long.toString(process.pid()));
            boolean store = Files.readString(proc.resolve("comm")).matches("(?s)(postgres|redis-server).*");
            return store && Files.readSymbolicLink(proc.resolve("cwd")).startsWith(folder);
        } catch (IOException e) {
            return false;
        }
    }
}
