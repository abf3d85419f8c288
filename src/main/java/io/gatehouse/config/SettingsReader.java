package io.gatehouse.config;

import io.gatehouse.config.Settings.Argon2;
import io.gatehouse.config.Settings.Cookies;
import io.gatehouse.config.Settings.Listener;
import io.gatehouse.config.Settings.LogFormat;
import io.gatehouse.config.Settings.LogLevel;
import io.gatehouse.config.Settings.Logs;
import io.gatehouse.config.Settings.Mode;
import io.gatehouse.config.Settings.Sessions;
import io.gatehouse.config.Settings.Snowflake;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Turns the environment into {@link Settings}; the only reader of keys. Every problem is found before any is
 * reported. Not thread-safe; lives for one reading.
 */
public final class SettingsReader {

    /** Values that stand in samples and READMEs of this service and of the one it replaces. */
    private static final Set<String> SAMPLE_SECRETS = Set.of("YOUR_COOKIE_SECRET", "secret", "changeme");

    /** RFC 2104 advises a key no shorter than the hash: 32 bytes for HMAC-SHA256. */
    private static final int LEAST_COOKIE_SECRET_BYTES = 32;

    private static final Instant DEFAULT_EPOCH = Instant.parse("2025-01-01T00:00:00.000Z");
    /** 41 bits of milliseconds, sign bit left alone. */
    private static final Duration ID_RANGE = Duration.ofMillis(1L << 41);

    private static final Duration LEAST_ID_RANGE_LEFT = Duration.ofDays(3653);

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

    private Settings settings() {
        Mode mode = mode();
        boolean production = mode == Mode.PRODUCTION;
        Listener app = new Listener(
                keys.text("APP_HOST", production ? "0.0.0.0" : "127.0.0.1"), keys.integer("APP_PORT", 9876, 0, 65535));
        Listener ops = new Listener(keys.text("OPS_HOST", "127.0.0.1"), keys.integer("OPS_PORT", 9877, 0, 65535));
        if (app.port() == ops.port() && app.port() != 0) {
            keys.problem("OPS_PORT", "is the same as APP_PORT; choose another");
        }
        URI appUrl = appUrl(production);
        StoreSettings stores = new StoreSettings(keys);
        Settings settings = new Settings(
                mode,
                appUrl,
                allowedOrigins(),
                app,
                ops,
                Path.of(keys.text("DATA_DIR", "var")),
                cookies(production, appUrl),
                stores.postgres(),
                stores.redis(),
                snowflake(),
                sessions(),
                argon2(),
                logs(production),
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

    private URI appUrl(boolean production) {
        String fallback = "http://localhost:9876";
        if (production && keys.text("APP_URL").isEmpty()) {
            keys.problem("APP_URL", "is missing; set the public base URL, for example https://id.example.com");
        }
        String text = keys.text("APP_URL", fallback);
        Optional<URI> uri = Origins.baseUrl(text);
        if (uri.isEmpty()) {
            keys.problem("APP_URL", "is no base URL; write scheme and host only, such as https://id.example.com");
        }
        URI url = uri.orElse(URI.create(fallback));
        if (production && "http".equals(url.getScheme()) && !Origins.loopback(url)) {
            keys.problem("APP_URL", "is plain http; in production use https, or a loopback host");
        }
        return url;
    }

    private Set<String> allowedOrigins() {
        List<String> origins = keys.list("ALLOWED_ORIGINS");
        origins.stream()
                .filter(origin -> Origins.baseUrl(origin).isEmpty())
                .forEach(origin -> keys.problem(
                        "ALLOWED_ORIGINS",
                        "holds what is no origin; write exact ones such as https://app.example.com"));
        return origins.stream()
                .flatMap(origin -> Origins.baseUrl(origin).stream())
                .map(Origins::text)
                .collect(Collectors.toUnmodifiableSet());
    }

    private Cookies cookies(boolean production, URI appUrl) {
        List<Secret> secrets = keys.secrets("COOKIE_SECRET");
        if (production && secrets.isEmpty()) {
            keys.problem(
                    "COOKIE_SECRET", "is missing; set at least 32 random bytes, e.g. of `openssl rand -base64 48`");
        }
        if (secrets.isEmpty() && !keys.secret("COOKIE_SECRET").isEmpty()) {
            keys.problem("COOKIE_SECRET", "holds no secret between its commas");
        }
        for (Secret secret : secrets) {
            if (production && SAMPLE_SECRETS.contains(secret.value())) {
                keys.problem("COOKIE_SECRET", "is a sample value; set a random one");
            } else if (production && secret.bytes().length < LEAST_COOKIE_SECRET_BYTES) {
                keys.problem("COOKIE_SECRET", "is shorter than 32 bytes; set a longer random one");
            }
        }
        Optional<String> domain = keys.text("COOKIE_DOMAIN");
        if (domain.isPresent() && !Origins.parentOf(domain.get(), appUrl.getHost())) {
            keys.problem(
                    "COOKIE_DOMAIN",
                    "is \"%s\"; use a parent domain of APP_URL's host, with at least two labels"
                            .formatted(domain.get()));
        }
        if (domain.isPresent() && !"https".equals(appUrl.getScheme())) {
            keys.problem("COOKIE_DOMAIN", "needs an https APP_URL; a shared cookie must be Secure");
        }
        return new Cookies(secrets, domain);
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
        return new Sessions(idle, maxAge);
    }

    private Argon2 argon2() {
        int parallelism = keys.integer("ARGON2_PARALLELISM", 4, 1, 64);
        int memory = keys.integer("ARGON2_MEMORY_KIB", 65_536, 8, 4_194_304);
        if (memory < 8 * parallelism) {
            keys.problem("ARGON2_MEMORY_KIB", "is below 8 KiB per lane; raise it or lower ARGON2_PARALLELISM");
        }
        return new Argon2(memory, keys.integer("ARGON2_TIME_COST", 3, 1, 100), parallelism);
    }

    private Logs logs(boolean production) {
        LogFormat fallback = production ? LogFormat.JSON : LogFormat.PRETTY;
        return new Logs(
                keys.oneOf("LOG_LEVEL", KeyReader.choices(LogLevel.values(), SettingsReader::lower), LogLevel.INFO),
                keys.oneOf("LOG_FORMAT", KeyReader.choices(LogFormat.values(), SettingsReader::lower), fallback));
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
        return value.name().toLowerCase(java.util.Locale.ROOT);
    }
}
