package io.gatehouse;

import io.gatehouse.config.Secret;
import io.gatehouse.config.Settings;
import io.gatehouse.config.Settings.Address;
import io.gatehouse.config.Settings.Login;
import io.gatehouse.config.Settings.Postgres;
import io.gatehouse.config.Settings.Redis;
import io.gatehouse.embedded.EmbeddedStores;
import io.gatehouse.embedded.EmbeddedStores.Kind;
import io.gatehouse.embedded.Endpoint;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * The stores that the settings name: external ones as they are, embedded ones started or attached to. Closing ends
 * this use of the embedded ones. Thread-safe.
 */
public final class Stores implements AutoCloseable {

    private final Settings settings;
    private final Optional<EmbeddedStores> embedded;

    private Stores(Settings settings, Optional<EmbeddedStores> embedded) {
        this.settings = settings;
        this.embedded = embedded;
    }

    /** Both stores, as a service needs them. */
    public static Stores open(Settings settings) {
        return open(settings, EnumSet.allOf(Kind.class));
    }

    /** The database alone, as schema commands need it. */
    public static Stores openDatabase(Settings settings) {
        return open(settings, EnumSet.of(Kind.POSTGRES));
    }

    /** The settings with every store's real address. */
    public Settings settings() {
        return settings;
    }

    @Override
    public void close() {
        embedded.ifPresent(EmbeddedStores::close);
    }

    private static Stores open(Settings settings, Set<Kind> wanted) {
        Set<Kind> ours = EnumSet.noneOf(Kind.class);
        if (settings.postgres().embedded() && wanted.contains(Kind.POSTGRES)) {
            ours.add(Kind.POSTGRES);
        }
        if (settings.redis().embedded() && wanted.contains(Kind.REDIS)) {
            ours.add(Kind.REDIS);
        }
        if (ours.isEmpty()) {
            return new Stores(settings, Optional.empty());
        }
        EmbeddedStores embedded =
                EmbeddedStores.open(settings.dataDir(), settings.dataDir().resolve("bin"), ours);
        Postgres postgres =
                ours.contains(Kind.POSTGRES) ? at(settings.postgres(), embedded.postgres()) : settings.postgres();
        Redis redis = ours.contains(Kind.REDIS) ? at(settings.redis(), embedded.redis()) : settings.redis();
        return new Stores(settings.with(postgres, redis), Optional.of(embedded));
    }

    private static Postgres at(Postgres settings, Endpoint endpoint) {
        return settings.at(
                new Address(endpoint.host(), endpoint.port()),
                endpoint.database(),
                new Login(endpoint.user(), new Secret(endpoint.password())));
    }

    private static Redis at(Redis settings, Endpoint endpoint) {
        return settings.at(
                new Address(endpoint.host(), endpoint.port()), new Login("", new Secret(endpoint.password())));
    }
}
