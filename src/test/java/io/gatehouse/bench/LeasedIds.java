package io.gatehouse.bench;

import io.gatehouse.config.Secret;
import io.gatehouse.config.Settings.Address;
import io.gatehouse.config.Settings.Login;
import io.gatehouse.config.Settings.Postgres;
import io.gatehouse.db.Database;
import io.gatehouse.db.Migrations;
import io.gatehouse.embedded.EmbeddedStores;
import io.gatehouse.embedded.Endpoint;
import io.gatehouse.id.Snowflakes;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.OptionalInt;

/** Ids as a service makes them, under a worker number that is leased in a PostgreSQL started for the purpose. */
final class LeasedIds implements AutoCloseable {

    private final EmbeddedStores stores;
    private final Database database;
    private final Snowflakes ids;
    private final Thread renewing = Thread.ofVirtual().unstarted(this::renew);

    LeasedIds() {
        Path folder = Path.of("target", "bench");
        stores = EmbeddedStores.open(
                folder.resolve("data"), folder.resolve("bin"), EnumSet.of(EmbeddedStores.Kind.POSTGRES));
        Postgres postgres = settings(stores.postgres());
        new Migrations(postgres).up();
        database = Database.open(postgres);
        ids = Snowflakes.leased(
                Instant.parse("2025-01-01T00:00:00Z"),
                database,
                OptionalInt.empty(),
                "bench",
                Clock.systemUTC(),
                new SimpleMeterRegistry());
        renewing.start();
    }

    long next() {
        return ids.next();
    }

    @Override
    public void close() {
        renewing.interrupt();
        ids.close();
        database.close();
        stores.close();
    }

    private void renew() {
        try {
            while (true) {
                ids.renew();
                Thread.sleep(Duration.ofSeconds(2));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Postgres settings(Endpoint endpoint) {
        Login login = new Login(endpoint.user(), new Secret(endpoint.password()));
        return Postgres.of(
                new Address(endpoint.host(), endpoint.port()), endpoint.database(), login, 1, Duration.ofSeconds(2));
    }
}
