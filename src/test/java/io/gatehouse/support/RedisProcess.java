package io.gatehouse.support;

import io.gatehouse.embedded.EmbeddedStores;
import io.gatehouse.embedded.EmbeddedStores.Kind;
import io.gatehouse.embedded.Endpoint;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A Redis of one test's own, the same program as the embedded one, that can be killed, set back to an older state,
 * paused and replicated. It writes nothing to disk but what {@link #snapshot()} asks for, so a restart without one
 * loses everything, and with one everything since. To be closed always, started or not.
 */
public final class RedisProcess implements AutoCloseable {

    static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final String HOST = "127.0.0.1";
    private static final String PASSWORD = "a-password-of-the-tests";
    private static final String DUMP = "dump.rdb";

    // A cluster's nodes talk on a second port, this much above the first.
    static final int BUS = 10_000;

    // Both ports stay below those that systems give to connections: while a server is down, neither another
    // connection may take its port, nor may a client that tries again connect to itself.
    private static final int LOWEST_PORT = 10_000;
    private static final int HIGHEST_PORT = 22_000;

    private final Path folder;
    private final List<String> directives;
    private volatile int port = freePort();
    private volatile @Nullable Process process;

    /** Works in an existing folder of its own. */
    public RedisProcess(Path folder) {
        this(folder, List.of());
    }

    /** With more lines in its configuration. */
    RedisProcess(Path folder, List<String> directives) {
        this.folder = folder.toAbsolutePath();
        this.directives = new CopyOnWriteArrayList<>(directives);
    }

    /** The program, unpacked once for all. */
    private static final class Program {
        private static final Path FOLDER = Path.of("target", "test-stores");
        private static final Path PATH = find();

        /** Only the embedded stores know how to unpack it, and a server knows where its program lies. */
        private static Path find() {
            try (EmbeddedStores stores =
                    EmbeddedStores.open(FOLDER.resolve("program"), FOLDER.resolve("bin"), EnumSet.of(Kind.REDIS))) {
                Endpoint redis = stores.redis();
                return RedisProcess.command(redis.port(), redis.password(), 0, RedisCommands::info)
                        .lines()
                        .filter(line -> line.startsWith("executable:"))
                        .map(line -> Path.of(line.substring("executable:".length())))
                        .findFirst()
                        .orElseThrow();
            }
        }
    }

    public int port() {
        return port;
    }

    public String password() {
        return PASSWORD;
    }

    /** Starts with the data that lies in the folder, if any, and waits until it answers. */
    public void start() throws IOException {
        if (running()) {
            throw new IllegalStateException("Redis already runs on " + port);
        }
        launch();
        if (!until(PATIENCE, () -> !running() || answers()) || !running()) {
            kill();
            throw new IllegalStateException("Redis did not start:\n" + Files.readString(log()));
        }
    }

    /** SIGKILL, if it runs. */
    public void kill() {
        Process running = process;
        if (running != null) {
            running.toHandle().destroyForcibly();
            awaitEnd(running);
        }
    }

    /** Kills and starts on the same port; what was set by commands is as at the first start. */
    public void restart() throws IOException {
        kill();
        start();
    }

    /** Keeps the data of now for {@link #restartFromSnapshot()}. */
    public void snapshot() throws IOException {
        command(RedisCommands::save);
        Files.copy(folder.resolve(DUMP), kept(), StandardCopyOption.REPLACE_EXISTING);
    }

    /** As a server comes back whose last write to disk was long ago. */
    public void restartFromSnapshot() throws IOException {
        kill();
        Files.copy(kept(), folder.resolve(DUMP), StandardCopyOption.REPLACE_EXISTING);
        start();
    }

    /** Empties all databases. */
    public void flush() {
        command(RedisCommands::flushall);
    }

    /** Leaves all clients without an answer for so long. */
    public void pause(Duration duration) {
        command(commands -> commands.clientPause(duration.toMillis()));
    }

    /** Until the next start. */
    public void configure(String key, String value) {
        command(commands -> commands.configSet(key, value));
    }

    /** From the next start on. */
    void directive(String line) {
        directives.add(line);
    }

    /** Asks in database 0. */
    public <T> T command(Function<RedisCommands<String, String>, T> work) {
        return command(0, work);
    }

    /** Asks in any database, over a connection of its own. */
    public <T> T command(int database, Function<RedisCommands<String, String>, T> work) {
        return command(port, PASSWORD, database, work);
    }

    /** Gives up its data for that of another and follows it, until it is promoted or starts anew. */
    public void replicaOf(RedisProcess primary) {
        configure("masterauth", primary.password());
        command(commands -> commands.replicaof(HOST, primary.port()));
        if (!until(PATIENCE, this::linked)) {
            throw new IllegalStateException("Redis on " + port + " does not follow " + primary.port());
        }
    }

    /** Follows nobody any more and keeps the data. */
    public void promote() {
        command(RedisCommands::replicaofNoOne);
    }

    @Override
    public void close() {
        kill();
    }

    boolean running() {
        Process started = process;
        return started != null && started.isAlive();
    }

    static boolean until(Duration limit, BooleanSupplier condition) {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            sleep();
        }
        return true;
    }

    private void launch() throws IOException {
        // The port may have been taken since it was chosen; once clients know it, it is too late to choose.
        if (process == null && !free(port)) {
            port = freePort();
        }
        Files.writeString(config(), configuration());
        process = new ProcessBuilder(Program.PATH.toString(), config().toString())
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                .start();
    }

    private String configuration() {
        // Replicas get their copy from memory: a file made for them would be found by the next start.
        return """
                bind %s
                port %d
                requirepass %s
                dir "%s"
                save ""
                appendonly no
                repl-diskless-sync yes
                repl-diskless-sync-delay 0
                rdb-del-sync-files yes
                %s
                """.formatted(HOST, port, PASSWORD, folder, String.join("\n", directives));
    }

    // Lettuce would need longer than the server needs to start.
    private boolean answers() {
        try (Socket socket = new Socket()) {
            int millis = Math.toIntExact(PATIENCE.toMillis());
            socket.setSoTimeout(millis);
            socket.connect(new InetSocketAddress(InetAddress.ofLiteral(HOST), port), millis);
            socket.getOutputStream().write(("AUTH " + PASSWORD + "\r\nPING\r\n").getBytes(StandardCharsets.UTF_8));
            BufferedReader replies =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            return "+OK".equals(replies.readLine()) && "+PONG".equals(replies.readLine());
        } catch (IOException e) {
            return false; // not yet
        }
    }

    private boolean linked() {
        return command(commands -> commands.info("replication")).contains("master_link_status:up");
    }

    private Path config() {
        return folder.resolve("redis.conf");
    }

    private Path log() {
        return folder.resolve("redis.log");
    }

    private Path kept() {
        return folder.resolve("kept.rdb");
    }

    private static <T> T command(
            int port, String password, int database, Function<RedisCommands<String, String>, T> work) {
        RedisURI uri = RedisURI.builder()
                .withHost(HOST)
                .withPort(port)
                .withPassword(password.toCharArray())
                .withDatabase(database)
                .withTimeout(PATIENCE)
                .build();
        return RedisCalls.on(uri, work);
    }

    private static void awaitEnd(Process process) {
        try {
            if (process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new IllegalStateException("Redis, process " + process.pid() + ", did not end");
    }

    private static int freePort() {
        int port = ThreadLocalRandom.current().nextInt(LOWEST_PORT, HIGHEST_PORT);
        while (!free(port) || !free(port + BUS)) {
            port = ThreadLocalRandom.current().nextInt(LOWEST_PORT, HIGHEST_PORT);
        }
        return port;
    }

    private static boolean free(int port) {
        try {
            new ServerSocket(port, 1, InetAddress.ofLiteral(HOST)).close();
            return true;
        } catch (java.net.BindException e) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void sleep() {
        try {
            TimeUnit.MILLISECONDS.sleep(2);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while waiting for Redis", e);
        }
    }
}
