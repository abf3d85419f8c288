package io.gatehouse.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Another process that opens the stores or takes the lock of a folder and stays until it is killed. */
final class Holder implements AutoCloseable {
    private static final String STORES = "stores";
    private static final String REDIS = "redis";
    private static final String LOCK = "lock";

    private final Process process;
    private final Path report;

    private Holder(Process process, Path report) {
        this.process = process;
        this.report = report;
    }

    static Holder ofStores(Path dataDir) throws IOException {
        return start(STORES, dataDir);
    }

    static Holder ofRedis(Path dataDir) throws IOException {
        return start(REDIS, dataDir);
    }

    static Holder ofLock(Path dataDir) throws IOException {
        return start(LOCK, dataDir);
    }

    /** What the process has to say once it holds what it wanted, or was refused. */
    String report() throws IOException {
        assertThat(Waiting.until(Duration.ofSeconds(30), () -> Files.exists(report) || !process.isAlive()))
                .isTrue();
        return Files.readString(report);
    }

    long pid() {
        return process.pid();
    }

    void kill() {
        process.destroyForcibly();
        process.onExit().orTimeout(10, TimeUnit.SECONDS).join();
    }

    @Override
    public void close() {
        kill();
    }

    private static Holder start(String what, Path dataDir) throws IOException {
        Path report = Files.createTempDirectory(dataDir.getParent(), "report").resolve("report");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Holder.class.getName(),
                        what,
                        dataDir.toString(),
                        report.toString())
                .redirectOutput(Redirect.DISCARD)
                .redirectError(Redirect.DISCARD)
                .start();
        return new Holder(process, report);
    }

    /** The other process. Ends with its standard input, so that none outlives the tests. */
    public static void main(String[] args) throws IOException {
        Path dataDir = Path.of(args[1]);
        Path report = Path.of(args[2]);
        try (AutoCloseable held = hold(args[0], dataDir)) {
            PrivateFiles.write(report, "holds " + held.getClass().getSimpleName());
            while (System.in.read() >= 0) {
                // nothing to do but to hold
            }
        } catch (Exception e) {
            PrivateFiles.write(report, "refused: " + e.getMessage());
        }
    }

    private static AutoCloseable hold(String what, Path dataDir) {
        return switch (what) {
            case STORES -> Stores.open(dataDir);
            case REDIS -> Stores.openRedis(dataDir, Limits.DEFAULT);
            default -> FolderLock.acquire(dataDir, "holder of the test");
        };
    }
}
