package io.gatehouse.command;

import io.gatehouse.config.Secret;
import io.gatehouse.config.Settings.Address;
import io.gatehouse.config.Settings.Login;
import io.gatehouse.config.Settings.Postgres;
import io.gatehouse.db.TemporaryDatabase;
import io.gatehouse.embedded.EmbeddedStores;
import io.gatehouse.embedded.EmbeddedStores.Kind;
import io.gatehouse.embedded.Endpoint;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;

/**
 * An empty database that is thrown away when it is closed, on an embedded PostgreSQL beside the service's. The server's
 * folder is kept, because making one takes longer than all that is done in it; several commands may use it at once.
 */
final class ScratchDatabase implements AutoCloseable {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final EmbeddedStores stores;
    private final TemporaryDatabase database;

    /**
     * Starts or joins the server.
     *
     * @param data its folder
     * @param programs where the store's programs are kept
     */
    ScratchDatabase(Path data, Path programs) {
        this.stores = EmbeddedStores.open(data, programs, Set.of(Kind.POSTGRES));
        try {
            this.database = new TemporaryDatabase(server(stores.postgres()));
        } catch (RuntimeException e) {
            stores.close();
            throw e;
        }
    }

    /** One for a command, below the service's folder. */
    static ScratchDatabase below(Path dataDir) {
        return new ScratchDatabase(dataDir.resolve("scratch"), dataDir.resolve("bin"));
    }

    Postgres settings() {
        return database.settings();
    }

    @Override
    public void close() {
        try (stores) {
            database.close();
        }
    }

    private static Postgres server(Endpoint endpoint) {
        Login login = new Login(endpoint.user(), new Secret(endpoint.password()));
        return Postgres.of(new Address(endpoint.host(), endpoint.port()), endpoint.database(), login, 1, TIMEOUT);
    }
}
