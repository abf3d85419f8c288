package io.gatehouse.support;

import io.gatehouse.App;
import io.gatehouse.config.Settings;
import io.gatehouse.config.Settings.Postgres;
import io.gatehouse.config.SettingsReader;
import io.gatehouse.embedded.Endpoint;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
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

    private static final AtomicInteger PREFIXES = new AtomicInteger();

    private final TestClock clock = new TestClock();
    private final Map<String, String> environment = new HashMap<>(CHEAP_HASHES);
    private boolean startCut;
    private @Nullable App app;
    private @Nullable Settings settings;
    private @Nullable Postgres database;
    private @Nullable Endpoint redis;
    private @Nullable Cable postgresCable;
    private @Nullable Cable redisCable;

    /** Changes a setting before the start. */
    public TestService with(String key, String value) {
        environment.put(key, value);
        return this;
    }

    /** Starts with both stores out of reach. */
    public TestService cutOff() {
        startCut = true;
        return this;
    }

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        TestStores stores = TestStores.of(context);
        Postgres postgres = stores.newDatabase();
        Endpoint cache = stores.redis();
        Cable toPostgres = Cable.to(postgres.addresses().getFirst().port());
        Cable toRedis = Cable.to(cache.port());
        database = postgres;
        redis = cache;
        postgresCable = toPostgres;
        redisCable = toRedis;
        Map<String, String> values = new HashMap<>(Map.of(
                "APP_PORT",
                "0",
                "OPS_PORT",
                "0",
                "COOKIE_SECRET",
                COOKIE_SECRET,
                "POSTGRE_HOST",
                "127.0.0.1",
                "POSTGRE_PORT",
                Integer.toString(toPostgres.port()),
                "POSTGRE_NAME",
                postgres.database(),
                "POSTGRE_USER",
                postgres.login().user(),
                "POSTGRE_PASSWORD",
                postgres.login().password().value(),
                "REDIS_HOST",
                "127.0.0.1"));
        values.put("REDIS_PORT", Integer.toString(toRedis.port()));
        values.put("REDIS_PASSWORD", cache.password());
        values.put("REDIS_KEY_PREFIX", "test" + PREFIXES.incrementAndGet() + ":");
        values.putAll(environment);
        Settings read = SettingsReader.read(values, clock);
        settings = read;
        if (startCut) {
            toPostgres.pull();
            toRedis.pull();
        }
        app = App.start(read, clock);
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        app().close();
        postgresCable().close();
        redisCable().close();
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

    /** Plugs the database in again and lets the pool's connections grow old enough to be checked before their use. */
    public void plugPostgres() {
        postgresCable().plug();
        try {
            TimeUnit.MILLISECONDS.sleep(600);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    public Cable redisCable() {
        return started(redisCable);
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
        try (Connection connection = TestStores.connect(database());
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    /** The first column of the first row, as text. */
    public String query(String sql) {
        try (Connection connection = TestStores.connect(database());
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            if (!rows.next()) {
                throw new IllegalStateException("No row: " + sql);
            }
            return String.valueOf(rows.getString(1));
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
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
