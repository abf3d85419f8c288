package io.gatehouse.support;

import io.gatehouse.App;
import io.gatehouse.config.Settings;
import io.gatehouse.config.Settings.Postgres;
import io.gatehouse.config.SettingsReader;
import io.gatehouse.embedded.Endpoint;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The whole service, with production's routes, on real stores and free ports; a database of its own for each test
 * class. Stores can be cut off with {@link #postgresCable()} and {@link #redisCable()}. To be registered as a static
 * extension.
 */
public final class TestService implements BeforeAllCallback, AfterAllCallback {

    /** Cheap enough for hundreds of sign-ups; the code is the same. */
    public static final Map<String, String> CHEAP_HASHES =
            Map.of("ARGON2_MEMORY_KIB", "256", "ARGON2_TIME_COST", "1", "ARGON2_PARALLELISM", "1");

    /** Long enough for production, too. */
    public static final String COOKIE_SECRET = "a-secret-of-tests-of-more-than-32-bytes";

    /** Of nobody else. */
    public static final String ECIES_PRIVATE_KEY = "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0";

    private static final AtomicInteger PREFIXES = new AtomicInteger();

    private final TestClock clock = new TestClock();
    private final Map<String, String> environment = new HashMap<>(CHEAP_HASHES);

    /** Out of the way of tests about other things; those about limits set their own. */
    public static final Map<String, String> NO_LIMITS = Map.of(
            "THROTTLE_LIMIT", "1000000",
            "SHORT_THROTTLE_LIMIT", "1000000",
            "LOGIN_THROTTLE_LIMIT", "100000",
            "LOGIN_ADDRESS_THROTTLE_LIMIT", "100000");

    private Function<TestStores, Postgres> databases = TestStores::newDatabase;
    private @Nullable TestService twin;
    private Optional<RedisKind> wanted = Optional.empty();
    private RedisKind redisKind = RedisKind.SHARED;
    private @Nullable RedisProcess ownRedis;
    private @Nullable RedisCluster ownCluster;
    private boolean startCut;
    private Duration startSlow = Duration.ZERO;
    private @Nullable App app;
    private @Nullable Settings settings;
    private @Nullable Postgres database;
    private @Nullable Endpoint redis;
    private @Nullable Cable postgresCable;
    private @Nullable Cables redisCables;

    /** Changes a setting before the start. */
    public TestService with(String key, String value) {
        environment.put(key, value);
        return this;
    }

    /** Another replica of a service that is registered before this one: same stores, other cables. */
    public TestService beside(TestService other) {
        twin = other;
        environment.putAll(other.environment);
        return this;
    }

    /** On a database that is made in another way than by copying a migrated one. */
    public TestService on(Function<TestStores, Postgres> making) {
        databases = making;
        return this;
    }

    /** With a Redis of its own, to be killed and set back: {@link #ownRedis()}. */
    public TestService withOwnRedis() {
        wanted = Optional.of(RedisKind.OWN);
        return this;
    }

    /** With a Redis Cluster of its own: {@link #ownCluster()}. */
    public TestService withOwnCluster() {
        wanted = Optional.of(RedisKind.CLUSTER);
        return this;
    }

    private enum RedisKind {
        SHARED,
        OWN,
        CLUSTER;

        /** {@code test.redis=cluster} puts every service that asks for no Redis of its own on a cluster. */
        static RedisKind ofThisRun(ExtensionContext context) {
            return context.getConfigurationParameter("test.redis")
                    .filter("cluster"::equals)
                    .map(it -> CLUSTER)
                    .orElse(SHARED);
        }
    }

    /** Starts with both stores out of reach. */
    public TestService cutOff() {
        startCut = true;
        return this;
    }

    /** Starts with a database whose answers come late. */
    public TestService slowAtStart(Duration by) {
        startSlow = by;
        return this;
    }

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        TestStores stores = TestStores.of(context);
        redisKind = twin == null ? wanted.orElseGet(() -> RedisKind.ofThisRun(context)) : twin.redisKind;
        Postgres postgres = twin == null ? databases.apply(stores) : twin.database();
        Cable toPostgres = Cable.to(postgres.addresses().getFirst().port());
        database = postgres;
        postgresCable = toPostgres;
        Map<String, String> values = new HashMap<>(Map.of(
                "APP_PORT",
                "0",
                "OPS_PORT",
                "0",
                "COOKIE_SECRET",
                COOKIE_SECRET,
                "REDIS_KEY_PREFIX",
                twin == null
                        ? "test" + PREFIXES.incrementAndGet() + ":"
                        : twin.settings().redis().keyPrefix()));
        values.putAll(TestStores.environment(postgres));
        values.put("POSTGRE_PORT", Integer.toString(toPostgres.port()));
        values.put("ECIES_PRIVATE_KEY", ECIES_PRIVATE_KEY);
        values.putAll(startRedis(stores));
        values.putAll(NO_LIMITS);
        values.putAll(environment);
        Settings read = SettingsReader.read(values, clock);
        settings = read;
        if (startCut) {
            toPostgres.pull();
            redisCable().pull();
        }
        toPostgres.slow(startSlow);
        app = App.start(read, clock);
        if (!startCut && startSlow.isZero()) {
            awaitWorker();
        }
    }

    private Map<String, String> startRedis(TestStores stores) throws IOException {
        if (redisKind == RedisKind.CLUSTER) {
            RedisCluster cluster = twin == null ? stores.newCluster() : twin.ownCluster();
            ownCluster = cluster;
            redisCables = cluster.cables();
            return Map.of(
                    "REDIS_CLUSTER", "true",
                    "REDIS_HOST", cluster.addresses(),
                    "REDIS_PASSWORD", cluster.password());
        }
        int port;
        String password;
        if (redisKind == RedisKind.OWN) {
            RedisProcess process = twin == null ? stores.newRedis() : twin.ownRedis();
            ownRedis = process;
            port = process.port();
            password = process.password();
        } else {
            redis = stores.redis();
            port = stores.redis().port();
            password = stores.redis().password();
        }
        Cable cable = Cable.to(port);
        redisCables = Cables.of(cable);
        return Map.of(
                "REDIS_HOST", "127.0.0.1", "REDIS_PORT", Integer.toString(cable.port()), "REDIS_PASSWORD", password);
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        app().close();
        postgresCable().close();
        if (twin == null) {
            for (AutoCloseable mine : mine()) {
                mine.close();
            }
        }
        if (redisKind != RedisKind.CLUSTER) {
            for (Cable cable : redisCable().all()) {
                cable.close();
            }
        }
    }

    private List<AutoCloseable> mine() {
        return Stream.<AutoCloseable>of(ownRedis, ownCluster)
                .filter(Objects::nonNull)
                .toList();
    }

    /** The Redis that only this service and its twins use. */
    public RedisProcess ownRedis() {
        return started(ownRedis);
    }

    /** The cluster that only this service and its twins use. */
    public RedisCluster ownCluster() {
        return started(ownCluster);
    }

    /** Runs commands beside the service, on the first node of a cluster. */
    public <T> T redisCommands(Function<RedisCommands<String, String>, T> work) {
        return switch (redisKind) {
            case OWN -> ownRedis().command(settings().redis().database(), work);
            case CLUSTER -> ownCluster().nodes().getFirst().command(work);
            case SHARED -> sharedRedis(work);
        };
    }

    private <T> T sharedRedis(Function<RedisCommands<String, String>, T> work) {
        RedisURI uri = RedisURI.builder()
                .withHost("127.0.0.1")
                .withPort(redis().port())
                .withPassword(redis().password().toCharArray())
                .withDatabase(settings().redis().database())
                .build();
        return RedisCalls.on(uri, work);
    }

    /** Every key that the service may have written, on all nodes of a cluster. */
    public void eachRedis(Consumer<RedisCommands<String, String>> work) {
        if (redisKind == RedisKind.CLUSTER) {
            ownCluster()
                    .nodes()
                    .forEach(node -> node.command(commands -> {
                        work.accept(commands);
                        return true;
                    }));
        } else {
            redisCommands(commands -> {
                work.accept(commands);
                return true;
            });
        }
    }

    public TestClock clock() {
        return clock;
    }

    /** A client without cookies. */
    public TestClient client() {
        return new TestClient("http://127.0.0.1:" + app().port());
    }

    /** A client of the probes. */
    public TestClient operator() {
        return new TestClient("http://127.0.0.1:" + app().opsPort());
    }

    /** The settings that the service runs with. */
    public Settings settings() {
        return started(settings);
    }

    public int port() {
        return app().port();
    }

    public Cable postgresCable() {
        return started(postgresCable);
    }

    /**
     * Plugs the database in again, lets the pool's connections grow old enough to be checked before their use, and
     * waits until ids are leased again.
     */
    public void plugPostgres() {
        postgresCable().plug();
        Await.pause(Duration.ofMillis(600));
        awaitWorker();
    }

    /** A machine that is busy with starting may be too slow for the first try; until then nobody can sign up. */
    private void awaitWorker() {
        if (!Await.until(Duration.ofSeconds(20), this::hasWorker)) {
            throw new IllegalStateException("No worker number was leased in time");
        }
    }

    /** Waits until the schema has been looked at, which happens beside the start, so that a database may be missed. */
    public void awaitReady() {
        if (!Await.until(Duration.ofSeconds(20), () -> operator().get("/ready").status() == 200)) {
            throw new IllegalStateException("Not ready in time");
        }
    }

    private boolean hasWorker() {
        return !operator().get("/metrics").response().body().contains("gatehouse_ids_worker -1");
    }

    public Cables redisCable() {
        return started(redisCables);
    }

    public Endpoint redis() {
        return started(redis);
    }

    /** The service's database. */
    public Postgres database() {
        return started(database);
    }

    /** Runs SQL beside the service. */
    public void execute(String sql) {
        TestStores.execute(database(), sql);
    }

    /** The first column of the first row, as text. */
    public String query(String sql) {
        return TestStores.query(database(), sql);
    }

    /** The settings that a command needs to work beside the service. */
    public Map<String, String> asEnvironment() {
        Settings.Redis redis = settings().redis();
        Map<String, String> shared = new HashMap<>(CHEAP_HASHES);
        shared.put("ECIES_PRIVATE_KEY", ECIES_PRIVATE_KEY);
        shared.putAll(Map.of(
                "POSTGRE_HOST",
                settings().postgres().addresses().getFirst().host(),
                "POSTGRE_PORT",
                Integer.toString(settings().postgres().addresses().getFirst().port()),
                "POSTGRE_NAME",
                settings().postgres().database(),
                "POSTGRE_USER",
                settings().postgres().login().user(),
                "POSTGRE_PASSWORD",
                settings().postgres().login().password().value(),
                "REDIS_HOST",
                redis.addresses().stream().map(Settings.Address::text).collect(Collectors.joining(",")),
                "REDIS_PASSWORD",
                redis.login().password().value(),
                "REDIS_DB",
                Integer.toString(redis.database()),
                "REDIS_KEY_PREFIX",
                redis.keyPrefix(),
                "REDIS_CLUSTER",
                Boolean.toString(redis.cluster())));
        if (!redis.cluster()) {
            shared.put("REDIS_HOST", redis.addresses().getFirst().host());
            shared.put(
                    "REDIS_PORT", Integer.toString(redis.addresses().getFirst().port()));
        }
        return shared;
    }

    private App app() {
        return started(app);
    }

    private static <T> T started(@Nullable T part) {
        if (part == null) {
            throw new IllegalStateException("The service has not started");
        }
        return part;
    }
}
