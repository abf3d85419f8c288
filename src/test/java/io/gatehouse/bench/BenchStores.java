package io.gatehouse.bench;

import io.gatehouse.config.Secret;
import io.gatehouse.config.Settings.Address;
import io.gatehouse.config.Settings.Login;
import io.gatehouse.config.Settings.Postgres;
import io.gatehouse.db.Migrations;
import io.gatehouse.embedded.EmbeddedStores;
import io.gatehouse.embedded.Endpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A PostgreSQL with our schema and a Redis, started for the purpose and thrown away. */
final class BenchStores implements AutoCloseable {

    static final Instant EPOCH = Instant.parse("2025-01-01T00:00:00Z");

    /** Beyond what any load reaches, so that everything is counted and nothing is blocked. */
    static final int LIMIT = 1_000_000_000;

    private static final Path ROOT = Path.of("target", "bench").toAbsolutePath();

    private final Path folder;
    private final EmbeddedStores stores;

    private BenchStores(Path folder, EmbeddedStores stores) {
        this.folder = folder;
        this.stores = stores;
    }

    /** @param name of the folder for their data and for the logs of servers that use them */
    static BenchStores open(String name) {
        Path folder = ROOT.resolve(name);
        empty(folder);
        EmbeddedStores stores = EmbeddedStores.open(
                folder.resolve("data"), ROOT.resolve("bin"), EnumSet.allOf(EmbeddedStores.Kind.class));
        BenchStores opened = new BenchStores(folder, stores);
        new Migrations(opened.postgresSettings()).up();
        return opened;
    }

    Path folder() {
        return folder;
    }

    Endpoint postgres() {
        return stores.postgres();
    }

    Endpoint redis() {
        return stores.redis();
    }

    Postgres postgresSettings() {
        Endpoint endpoint = stores.postgres();
        Login login = new Login(endpoint.user(), new Secret(endpoint.password()));
        return Postgres.of(
                new Address(endpoint.host(), endpoint.port()), endpoint.database(), login, 1, Duration.ofSeconds(2));
    }

    /** The service as shipped, in production, on these stores, with everything at its default but the limits. */
    Server gatehouse(Map<String, String> more) {
        Map<String, String> environment = new HashMap<>(Map.of(
                "APP_ENV", "production",
                "APP_URL", "http://localhost",
                "APP_HOST", "127.0.0.1",
                "APP_PORT", "0",
                "OPS_PORT", "0",
                "COOKIE_SECRET", Population.COOKIE_SECRET,
                "ECIES_PRIVATE_KEY", Population.SEALING_KEY.privateHex(),
                "ECIES_PUBLIC_KEY", Population.SEALING_KEY.publicHex(),
                "SNOWFLAKE_EPOCH", EPOCH.toString()));
        environment.putAll(addresses());
        environment.putAll(Map.of(
                "THROTTLE_LIMIT",
                Integer.toString(LIMIT),
                "SHORT_THROTTLE_LIMIT",
                Integer.toString(LIMIT),
                "LOGIN_THROTTLE_LIMIT",
                "100000",
                "LOGIN_ADDRESS_THROTTLE_LIMIT",
                "100000"));
        environment.putAll(more);
        return Server.start("gatehouse", JavaCommand.service(), folder, environment);
    }

    /**
     * The bare server on these stores.
     *
     * @param cookies of the sessions that it knows
     * @param replies folder of what it answers
     */
    Server bare(Path cookies, int users, Path replies) {
        Map<String, String> environment = new HashMap<>(addresses());
        environment.putAll(Map.of(
                "BENCH_COOKIES", cookies.toString(),
                "BENCH_USERS", Integer.toString(users),
                "BENCH_REPLIES", replies.toString()));
        return Server.start("bare", JavaCommand.likeTheService(BareServer.class.getName()), folder, environment);
    }

    private Map<String, String> addresses() {
        return Map.ofEntries(
                Map.entry("POSTGRE_HOST", postgres().host()),
                Map.entry("POSTGRE_PORT", Integer.toString(postgres().port())),
                Map.entry("POSTGRE_USER", postgres().user()),
                Map.entry("POSTGRE_PASSWORD", postgres().password()),
                Map.entry("POSTGRE_NAME", postgres().database()),
                Map.entry("POSTGRE_SSL_MODE", "disable"),
                Map.entry("REDIS_HOST", redis().host()),
                Map.entry("REDIS_PORT", Integer.toString(redis().port())),
                Map.entry("REDIS_USERNAME", redis().user()),
                Map.entry("REDIS_PASSWORD", redis().password()),
                Map.entry("REDIS_DB", redis().database()));
    }

    @Override
    public void close() {
        stores.close();
        empty(folder);
    }

    private static void empty(Path folder) {
        if (!Files.exists(folder)) {
            create(folder);
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            List<Path> deepestFirst = files.sorted(Comparator.reverseOrder())
                    .filter(file -> !file.equals(folder))
                    .toList();
            for (Path file : deepestFirst) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void create(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
