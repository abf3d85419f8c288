package io.gatehouse.command;

import io.gatehouse.config.Secret;
import io.gatehouse.config.Settings.Address;
import io.gatehouse.config.Settings.Login;
import io.gatehouse.config.Settings.Postgres;
import io.gatehouse.embedded.EmbeddedStores;
import io.gatehouse.embedded.EmbeddedStores.Kind;
import io.gatehouse.embedded.Endpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Set;
import java.util.stream.Stream;

/** An empty PostgreSQL that is thrown away when it is closed. */
final class ScratchDatabase implements AutoCloseable {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final Path data;
    private final EmbeddedStores stores;

    /**
     * Starts one.
     *
     * @param data where it works; removed before and afterwards
     * @param programs where the store's programs are kept
     */
    ScratchDatabase(Path data, Path programs) {
        this.data = data;
        deleteTree(data);
        this.stores = EmbeddedStores.open(data, programs, Set.of(Kind.POSTGRES));
    }

    /** One for a command, in the service's folder. */
    static ScratchDatabase below(Path dataDir) {
        return new ScratchDatabase(dataDir.resolve("scratch"), dataDir.resolve("bin"));
    }

    Postgres settings() {
        Endpoint endpoint = stores.postgres();
        Login login = new Login(endpoint.user(), new Secret(endpoint.password()));
        return Postgres.of(new Address(endpoint.host(), endpoint.port()), endpoint.database(), login, 1, TIMEOUT);
    }

    @Override
    public void close() {
        stores.close();
        deleteTree(data);
    }

    /** Removes a folder, if there is one. */
    static void deleteTree(Path root) {
        if (!Files.exists(root)) {
            return;
        }
        try (Stream<Path> paths = Files.walk(root)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot remove " + root, e);
        }
    }
}
