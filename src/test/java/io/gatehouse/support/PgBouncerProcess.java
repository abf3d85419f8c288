package io.gatehouse.support;

import io.gatehouse.config.Settings.Login;
import io.gatehouse.config.Settings.Postgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Debian's PgBouncer in transaction mode before the run's PostgreSQL, with few connections, so that clients get each
 * other's. To be registered as a static extension; skips where it is not installed, but not on CI and not in silence.
 */
public final class PgBouncerProcess implements BeforeAllCallback, AfterAllCallback {

    private static final Path PROGRAM = Path.of("/usr/sbin/pgbouncer");

    private final int port = NginxProcess.freePort();
    private @Nullable Process process;

    /** Where it listens. */
    public int port() {
        return port;
    }

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        Programs.require(PROGRAM, "nothing was tried through a pooler");
        Path folder =
                Files.createDirectories(Path.of("target", "pgbouncer-" + port).toAbsolutePath());
        Postgres postgres = TestStores.of(context).emptyDatabase();
        Files.writeString(
                folder.resolve("users.txt"),
                Stream.of(postgres.login(), postgres.ddl())
                        .map(PgBouncerProcess::line)
                        .collect(Collectors.joining()));
        Path file = Files.writeString(folder.resolve("pgbouncer.ini"), """
                [databases]
                * = host=127.0.0.1 port=%d
                [pgbouncer]
                listen_addr = 127.0.0.1
                listen_port = %d
                unix_socket_dir =
                auth_type = scram-sha-256
                auth_file = %s/users.txt
                pool_mode = transaction
                default_pool_size = 3
                ignore_startup_parameters = extra_float_digits
                """.formatted(
                        postgres.addresses().getFirst().port(), port, folder));
        List<String> command = new ArrayList<>();
        if (System.getProperty("user.name").equals("root")) {
            // It refuses to run as root; in a user namespace of its own root is somebody else.
            command.addAll(List.of("unshare", "-U"));
        }
        command.addAll(List.of(PROGRAM.toString(), file.toString()));
        process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output.txt").toFile())
                .start();
        if (!Await.until(Duration.ofSeconds(10), this::listens)) {
            throw new IllegalStateException(
                    "PgBouncer does not listen:\n" + Files.readString(folder.resolve("output.txt")));
        }
    }

    @Override
    public void afterAll(ExtensionContext context) throws InterruptedException {
        @Nullable Process started = process;
        if (started != null) {
            started.destroyForcibly();
            started.waitFor(10, TimeUnit.SECONDS);
        }
    }

    private boolean listens() {
        try {
            new Socket(InetAddress.getLoopbackAddress(), port).close();
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static String line(Login login) {
        return "\"%s\" \"%s\"\n".formatted(login.user(), login.password().value());
    }
}
