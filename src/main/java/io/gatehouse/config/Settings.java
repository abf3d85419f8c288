package io.gatehouse.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Everything that can be configured, typed and checked. Built by {@link SettingsReader}, immutable, safe to share.
 * Keys, units and defaults stand in {@code .env.sample}; a test holds both against each other.
 */
public record Settings(
        Mode mode,
        URI appUrl,
        Set<String> allowedOrigins,
        List<Cidr> trustedProxies,
        Listener app,
        Listener ops,
        Path dataDir,
        Cookies cookies,
        Postgres postgres,
        Redis redis,
        Snowflake snowflake,
        Sessions sessions,
        Throttle throttle,
        Passwords passwords,
        Sealing sealing,
        Logs logs,
        Map<String, Outgoing> outgoing,
        Secret seedPassword) {

    /** Where the service runs: decides defaults and what is refused. */
    public enum Mode {
        DEVELOPMENT,
        PRODUCTION
    }

    /** A TCP listener; port 0 takes a free one. */
    public record Listener(String host, int port) {}

    /** Secrets that sign cookies: the first signs, all verify. {@code domain} is set for sibling hosts only. */
    public record Cookies(List<Secret> secrets, Optional<String> domain) {}

    /** A host and a port. */
    public record Address(String host, int port) {

        /** As in a URL; an IPv6 address gets its brackets. */
        public String text() {
            return host.contains(":") ? "[" + host + "]:" + port : host + ":" + port;
        }
    }

    /** A user and its password. */
    public record Login(String user, Secret password) {}

    /**
     * The database. No address means: embedded.
     *
     * @param timeout one deadline for permit, connection and statements of a request
     * @param ddl who runs changelogs
     * @param pooler whether a pooler in transaction mode stands before it
     */
    public record Postgres(
            List<Address> addresses,
            String database,
            Login login,
            Login ddl,
            SslMode sslMode,
            Optional<Path> sslRootCert,
            boolean pooler,
            int poolSize,
            Duration timeout) {

        private static final Duration LEASE_PATIENCE = Duration.ofSeconds(1);

        public boolean embedded() {
            return addresses.isEmpty();
        }

        /** All addresses as one text. */
        public String hosts(String separator) {
            return addresses.stream().map(Address::text).collect(Collectors.joining(separator));
        }

        /** A store of ours. */
        public static Postgres of(Address address, String name, Login owner, int poolSize, Duration timeout) {
            return new Postgres(
                    List.of(address), name, owner, owner, SslMode.DISABLE, Optional.empty(), false, poolSize, timeout);
        }

        /** The same settings, pointing to a store of ours. */
        public Postgres at(Address address, String name, Login owner) {
            return of(address, name, owner, poolSize, timeout);
        }

        /** The same database through another pool. */
        public Postgres with(int connections, Duration patience) {
            return new Postgres(addresses, database, login, ddl, sslMode, sslRootCert, pooler, connections, patience);
        }

        /** For leases: one connection, which must not hang for longer than a lease can do without. */
        public Postgres forLeases() {
            return with(1, timeout.compareTo(LEASE_PATIENCE) < 0 ? timeout : LEASE_PATIENCE);
        }
    }

    /** libpq's levels of transport security. */
    public enum SslMode {
        DISABLE,
        ALLOW,
        PREFER,
        REQUIRE,
        VERIFY_CA,
        VERIFY_FULL;

        /** As libpq and the driver spell it. */
        public String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /**
     * The session cache. No address means: embedded.
     *
     * @param addresses one server, or some nodes of a cluster
     * @param keyPrefix stands before every key of ours
     * @param queueCommands whether commands may wait for a lost connection, for at most {@code timeout}
     * @param retries further attempts at a command that may safely run twice, within the same {@code timeout}
     * @param timeout of one command
     */
    public record Redis(
            List<Address> addresses,
            boolean cluster,
            Login login,
            int database,
            String keyPrefix,
            boolean tls,
            boolean queueCommands,
            int retries,
            Duration timeout) {

        public boolean embedded() {
            return addresses.isEmpty();
        }

        /** The same settings, pointing to a store of ours. */
        public Redis at(Address embedded, Login owner) {
            return new Redis(
                    List.of(embedded), false, owner, database, keyPrefix, false, queueCommands, retries, timeout);
        }
    }

    /** Ids of rows. No worker means: any that is free. */
    public record Snowflake(Instant epoch, OptionalInt worker) {}

    /**
     * How long a session lives, without use and at most, and how long its row is kept after its end.
     */
    public record Sessions(Duration idle, Duration maxAge, Duration retention) {}

    /** So many requests within any period of this length. */
    public record Rate(int limit, Duration period) {}

    /**
     * How often clients may call.
     *
     * @param general requests per client and route
     * @param brief the same over a shorter time
     * @param failures failed sign-ins per account name
     * @param failuresPerAddress failed sign-ins per client address, over the period of {@code failures}
     */
    public record Throttle(Rate general, Rate brief, Rate failures, Rate failuresPerAddress) {}

    /**
     * What passwords have to be, and how they are kept.
     *
     * @param leastLength characters of a new one
     * @param pepper id of the one for new hashes
     * @param peppers all that verify; may be empty
     */
    public record Passwords(int leastLength, Argon2 argon2, Optional<String> pepper, List<Pepper> peppers) {}

    /** A secret that passwords pass through before they are hashed, and the name by which hashes know it. */
    public record Pepper(String id, Secret secret) {}

    /**
     * Private keys of sealed fields, hex.
     *
     * @param privateKey seals and opens; empty only where a command runs before the first start
     * @param previous open only
     */
    public record Sealing(Secret privateKey, List<Secret> previous) {}

    /** Cost of a password hash. */
    public record Argon2(int memoryKib, int iterations, int parallelism) {}

    /**
     * What is logged, in which form, and where to.
     *
     * @param colours whether a terminal may be shown some
     * @param file instead of standard output
     */
    public record Logs(LogLevel level, LogFormat format, boolean colours, Optional<Path> file) {}

    /**
     * What a client of other servers may do.
     *
     * @param connectTimeout for name look-up, connection and TLS together
     * @param readTimeout without a byte
     * @param timeout of a whole call, all attempts and pauses included
     * @param connections at a time
     * @param bodyLimit bytes of an answer
     * @param retries further attempts at a call that may be repeated
     * @param allowedHosts names, {@code *.example.com} for all below; empty: any
     * @param allowedAddresses ranges that may be reached although they are not public
     */
    public record Outgoing(
            Duration connectTimeout,
            Duration readTimeout,
            Duration timeout,
            int connections,
            int bodyLimit,
            int retries,
            List<String> allowedHosts,
            List<Cidr> allowedAddresses) {}

    /** pino's names for levels. */
    public enum LogLevel {
        TRACE,
        DEBUG,
        INFO,
        WARN,
        ERROR,
        FATAL
    }

    /** Lines for machines or for people. */
    public enum LogFormat {
        JSON,
        PRETTY
    }

    public boolean production() {
        return mode == Mode.PRODUCTION;
    }

    /** The web origin of {@code APP_URL}, as a browser writes it. */
    public String origin() {
        return Origins.text(appUrl);
    }

    /** Whether clients reach the service over TLS, which decides cookie names, {@code Secure} and HSTS. */
    public boolean https() {
        return "https".equals(appUrl.getScheme());
    }

    /** Whether any store is ours to start and stop. */
    public boolean embedded() {
        return postgres.embedded() || redis.embedded();
    }

    /** The same settings with the stores' real addresses. */
    public Settings with(Postgres located, Redis cache) {
        return new Settings(
                mode,
                appUrl,
                allowedOrigins,
                trustedProxies,
                app,
                ops,
                dataDir,
                cookies,
                located,
                cache,
                snowflake,
                sessions,
                throttle,
                passwords,
                sealing,
                logs,
                outgoing,
                seedPassword);
    }
}
