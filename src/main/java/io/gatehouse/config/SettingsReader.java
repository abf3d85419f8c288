package io.gatehouse.config;

import io.gatehouse.config.Settings.Listener;
import io.gatehouse.config.Settings.LogFormat;
import io.gatehouse.config.Settings.LogLevel;
import io.gatehouse.config.Settings.Logs;
import io.gatehouse.config.Settings.Mode;
import io.gatehouse.config.Settings.Rate;
import io.gatehouse.config.Settings.Sessions;
import io.gatehouse.config.Settings.Snowflake;
import io.gatehouse.config.Settings.Throttle;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Turns the environment into {@link Settings}; the only reader of keys. Every problem is found before any is
 * reported. Not thread-safe; lives for one reading.
 */
public final class SettingsReader {

    private static final Instant DEFAULT_EPOCH = Instant.parse("2025-01-01T00:00:00.000Z");
    /** 41 bits of milliseconds, sign bit left alone. */
    private static final Duration ID_RANGE = Duration.ofMillis(1L << 41);

    private static final Duration LEAST_ID_RANGE_LEFT = Duration.ofDays(3653);

    private static final int MOST_REQUESTS = 1_000_000_000;

    /** Each failed sign-in is kept by itself until its period is over. */
    private static final int MOST_FAILURES = 100_000;

    private final KeyReader keys;
    private final Clock clock;

    private SettingsReader(Map<String, String> values, Clock clock) {
        this.keys = new KeyReader(values);
        this.clock = clock;
    }

    /**
     * Reads and checks everything.
     *
     * @throws InvalidSettingsException with every problem at once
     */
    public static Settings read(Map<String, String> values, Clock clock) {
        return inspect(values, clock).orThrow();
    }

    /** Reads and checks everything, for a report. */
    public static Inspection inspect(Map<String, String> values, Clock clock) {
        SettingsReader reader = new SettingsReader(values, clock);
        Settings settings = reader.settings();
        return new Inspection(
                settings,
                reader.keys.shown(),
                List.copyOf(reader.keys.problems()),
                List.copyOf(reader.keys.warnings()));
    }

    /**
     * The level alone, while the service runs.
     *
     * @return pino's name of it
     * @throws InvalidSettingsException when it has none
     */
    public static String logLevel(Map<String, String> values) {
        KeyReader keys = new KeyReader(values);
        LogLevel level = logLevel(keys);
        if (!keys.problems().isEmpty()) {
            throw new InvalidSettingsException(List.copyOf(keys.problems()));
        }
        return lower(level);
    }

    private static LogLevel logLevel(KeyReader keys) {
        return keys.oneOf("LOG_LEVEL", KeyReader.choices(LogLevel.values(), SettingsReader::lower), LogLevel.INFO);
    }

    private Settings settings() {
        Mode mode = mode();
        boolean production = mode == Mode.PRODUCTION;
        Listener app = new Listener(
                keys.text("APP_HOST", production ? "0.0.0.0" : "127.0.0.1"), keys.integer("APP_PORT", 9876, 0, 65535));
        Listener ops = new Listener(keys.text("OPS_HOST", "127.0.0.1"), keys.integer("OPS_PORT", 9877, 0, 65535));
        if (app.port() == ops.port() && app.port() != 0) {
            keys.problem("OPS_PORT", "is the same as APP_PORT; choose another");
        }
        WebSettings web = new WebSettings(keys, production);
        URI appUrl = web.appUrl();
        StoreSettings stores = new StoreSettings(keys);
        CryptoSettings crypto = new CryptoSettings(keys, production);
        Settings settings = new Settings(
                mode,
                appUrl,
                web.allowedOrigins(),
                web.trustedProxies(),
                app,
                ops,
                Path.of(keys.text("DATA_DIR", "var")),
                web.cookies(appUrl),
                stores.postgres(),
                stores.redis(),
                snowflake(),
                sessions(),
                throttle(),
                crypto.passwords(),
                crypto.sealing(),
                logs(production),
                new OutgoingSettings(keys).clients(),
                seedPassword());
        if (production) {
            refuseEmbedded(settings);
        }
        return settings;
    }

    private Secret seedPassword() {
        Secret password = keys.secret("SEED_PASSWORD");
        int length = password.value().codePointCount(0, password.value().length());
        if (!password.isEmpty() && (length < 8 || length > 128)) {
            keys.problem("SEED_PASSWORD", "must be 8 to 128 characters long");
        }
        return password;
    }

    private Mode mode() {
        Map<String, Mode> choices = Map.of(
                "development", Mode.DEVELOPMENT,
                "dev", Mode.DEVELOPMENT,
                "production", Mode.PRODUCTION,
                "prod", Mode.PRODUCTION);
        Mode alias = keys.oneOf("NODE_ENV", choices, Mode.DEVELOPMENT);
        return keys.oneOf("APP_ENV", choices, alias);
    }

    private Snowflake snowflake() {
        Instant epoch = keys.instant("SNOWFLAKE_EPOCH", DEFAULT_EPOCH);
        Instant now = clock.instant();
        if (epoch.isAfter(now)) {
            keys.problem("SNOWFLAKE_EPOCH", "lies in the future; use the epoch of your existing ids");
        } else if (Duration.between(now, epoch.plus(ID_RANGE)).compareTo(LEAST_ID_RANGE_LEFT) < 0) {
            keys.problem("SNOWFLAKE_EPOCH", "leaves less than 10 years of ids; use a later one");
        }
        boolean fixed = keys.text("SNOWFLAKE_WORKER_ID").isPresent();
        OptionalInt worker =
                fixed ? OptionalInt.of(keys.integer("SNOWFLAKE_WORKER_ID", 0, 0, 1023)) : OptionalInt.empty();
        return new Snowflake(epoch, worker);
    }

    private Sessions sessions() {
        Duration idle = keys.seconds("SESSION_IDLE_TTL", 86_400, 60, 31_536_000);
        Duration maxAge = keys.seconds("SESSION_MAX_AGE", 2_592_000, 60, 315_360_000);
        if (idle.compareTo(maxAge) > 0) {
            keys.problem("SESSION_IDLE_TTL", "is longer than SESSION_MAX_AGE; make it the shorter of the two");
        }
        return new Sessions(idle, maxAge, Duration.ofDays(keys.integer("RETENTION_DAYS", 30, 1, 3650)));
    }

    private Throttle throttle() {
        Rate failures = rate("LOGIN_THROTTLE", 10, MOST_FAILURES, 900_000);
        int perAddress = keys.integer("LOGIN_ADDRESS_THROTTLE_LIMIT", 100, 1, MOST_FAILURES);
        return new Throttle(
                rate("THROTTLE", 60, MOST_REQUESTS, 60_000),
                rate("SHORT_THROTTLE", 20, MOST_REQUESTS, 10_000),
                failures,
                new Rate(perAddress, failures.period()));
    }

    private Rate rate(String key, int limit, int mostLimit, long periodMillis) {
        return new Rate(
                keys.integer(key + "_LIMIT", limit, 1, mostLimit),
                keys.millis(key + "_TTL", periodMillis, 100, 86_400_000));
    }

    private Logs logs(boolean production) {
        LogFormat fallback = production ? LogFormat.JSON : LogFormat.PRETTY;
        return new Logs(
                logLevel(keys),
                keys.oneOf("LOG_FORMAT", KeyReader.choices(LogFormat.values(), SettingsReader::lower), fallback),
                // Whatever its value, by no-color.org.
                keys.text("NO_COLOR").isEmpty(),
                keys.text("LOG_FILE").map(Path::of));
    }

    private void refuseEmbedded(Settings settings) {
        if (settings.postgres().embedded()) {
            keys.problem("POSTGRE_HOST", "is missing; the embedded PostgreSQL is for development only");
        }
        if (settings.redis().embedded()) {
            keys.problem("REDIS_HOST", "is missing; the embedded Redis is for development only");
        }
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
