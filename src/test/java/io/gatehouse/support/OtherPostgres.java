package io.gatehouse.support;

import io.gatehouse.config.Secret;
import io.gatehouse.config.Settings.Address;
import io.gatehouse.config.Settings.Login;
import io.gatehouse.config.Settings.Postgres;
import io.gatehouse.embedded.OtherServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A real PostgreSQL 13 to 17 for the whole test run, as {@link TestStores} has 18; started when first asked for and
 * stopped after the last test. Maven copies the programs of all of them below {@code target}.
 */
public final class OtherPostgres implements AutoCloseable {

    /** The supported major versions beside the embedded one. */
    public static final List<Integer> VERSIONS = List.of(13, 14, 15, 16, 17);

    private static final Path FOLDER = Path.of("target", "other-postgres");

    private final OtherServer server;
    private final AtomicInteger databases = new AtomicInteger();

    private OtherPostgres(int version) {
        try {
            server = new OtherServer(jar(version), FOLDER.resolve(Integer.toString(version)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The run's server of a major version. */
    public static OtherPostgres of(ExtensionContext context, int version) {
        return context.getRoot()
                .getStore(ExtensionContext.Namespace.GLOBAL)
                .computeIfAbsent(
                        OtherPostgres.class.getName() + version,
                        key -> new OtherPostgres(version),
                        OtherPostgres.class);
    }

    /** A new database without any table. */
    public Postgres emptyDatabase() {
        return emptyDatabase("test_" + databases.incrementAndGet());
    }

    /** A new database without any table; its user is a superuser. */
    public Postgres emptyDatabase(String name) {
        TestStores.execute(database("postgres"), "create database " + name + " template template0");
        return database(name);
    }

    private Postgres database(String name) {
        Login login = new Login(OtherServer.USER, new Secret(OtherServer.PASSWORD));
        return Postgres.of(new Address("127.0.0.1", server.port()), name, login, 10, Duration.ofSeconds(2));
    }

    private static Path jar(int version) throws IOException {
        try (Stream<Path> jars = Files.list(FOLDER.resolve("jars"))) {
            return jars.filter(jar -> jar.getFileName().toString().matches(".*-" + version + "\\.[0-9.]+\\.jar"))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("No PostgreSQL " + version + " in " + FOLDER
                            + "; Maven puts it there before the tests: mvn process-test-resources"));
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
