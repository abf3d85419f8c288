package io.gatehouse.config;

import io.gatehouse.config.Settings.Address;
import io.gatehouse.config.Settings.Login;
import io.gatehouse.config.Settings.Postgres;
import io.gatehouse.config.Settings.Redis;
import io.gatehouse.config.Settings.SslMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Reads the keys of both stores. Lives for one reading. */
final class StoreSettings {

    private final KeyReader keys;

    StoreSettings(KeyReader keys) {
        this.keys = keys;
    }

    Postgres postgres() {
        int port = keys.integer("POSTGRE_PORT", 5432, 1, 65535);
        List<Address> addresses = keys.list("POSTGRE_HOST").stream()
                .map(host -> new Address(host, port))
                .toList();
        Login login = new Login(keys.text("POSTGRE_USER", "gatehouse"), keys.secret("POSTGRE_PASSWORD"));
        String ddlUser = keys.text("POSTGRE_DDL_USER", login.user());
        Secret ddlPassword = keys.secret("POSTGRE_DDL_PASSWORD");
        if (!addresses.isEmpty() && login.password().isEmpty()) {
            keys.warning("POSTGRE_PASSWORD", "is empty; the database is reached without a password");
        }
        Optional<Path> rootCert = keys.text("POSTGRE_SSL_ROOT_CERT").map(Path::of);
        if (rootCert.isPresent() && !Files.isReadable(rootCert.get())) {
            keys.problem("POSTGRE_SSL_ROOT_CERT", "names \"%s\", which cannot be read".formatted(rootCert.get()));
        }
        return new Postgres(
                addresses,
                keys.text("POSTGRE_NAME", "gatehouse"),
                login,
                ddlPassword.isEmpty() && ddlUser.equals(login.user()) ? login : new Login(ddlUser, ddlPassword),
                keys.oneOf("POSTGRE_SSL_MODE", KeyReader.choices(SslMode.values(), SslMode::text), SslMode.PREFER),
                rootCert,
                keys.flag("POSTGRE_POOLER", false),
                keys.integer("POSTGRE_POOL_SIZE", 10, 1, 1000),
                keys.millis("POSTGRE_TIMEOUT_MS", 2000, 500, 60_000));
    }

    Redis redis() {
        boolean cluster = keys.flag("REDIS_CLUSTER", false);
        int port = keys.integer("REDIS_PORT", 6379, 1, 65535);
        List<Address> addresses = redisAddresses(port, cluster);
        Login login = new Login(keys.text("REDIS_USERNAME", ""), keys.secret("REDIS_PASSWORD"));
        if (!login.user().isEmpty() && login.password().isEmpty()) {
            keys.problem("REDIS_USERNAME", "needs REDIS_PASSWORD beside it");
        }
        if (!addresses.isEmpty() && login.password().isEmpty()) {
            keys.warning("REDIS_PASSWORD", "is empty; Redis is reached without a password");
        }
        return new Redis(
                addresses,
                cluster,
                login,
                redisDatabase(cluster, addresses.isEmpty()),
                keyPrefix(),
                keys.flag("REDIS_TLS", false),
                keys.flag("REDIS_ENABLE_OFFLINE_QUEUE", true),
                keys.integer("REDIS_MAX_RETRIES_PER_REQUEST", 3, 0, 100),
                keys.millis("REDIS_TIMEOUT_MS", 250, 10, 10_000));
    }

    private List<Address> redisAddresses(int port, boolean cluster) {
        List<Address> addresses = keys.list("REDIS_HOST").stream()
                .map(text -> cluster ? address(text, port) : new Address(text, port))
                .toList();
        if (cluster && addresses.isEmpty()) {
            keys.problem("REDIS_CLUSTER", "needs REDIS_HOST; the embedded Redis is no cluster");
        }
        if (!cluster && addresses.size() > 1) {
            keys.problem("REDIS_HOST", "names several hosts; use one, or set REDIS_CLUSTER=true");
        }
        return addresses;
    }

    /** Nodes of a cluster may have ports of their own: {@code host:port}. An IPv6 address has more colons. */
    private Address address(String text, int port) {
        int colon = text.lastIndexOf(':');
        if (colon < 0 || text.indexOf(':') != colon) {
            return new Address(text, port);
        }
        try {
            int own = Integer.parseInt(text.substring(colon + 1));
            if (own > 0 && own <= 65_535) {
                return new Address(text.substring(0, colon), own);
            }
        } catch (NumberFormatException e) {
            // reported below
        }
        keys.problem("REDIS_HOST", "holds \"%s\"; write host or host:port".formatted(text));
        return new Address(text, port);
    }

    private int redisDatabase(boolean cluster, boolean embedded) {
        if (!cluster) {
            // The embedded Redis has the usual 16 databases.
            return keys.integer("REDIS_DB", 10, 0, embedded ? 15 : 15_999);
        }
        if (keys.integer("REDIS_DB", 0, 0, 15_999) != 0) {
            keys.problem("REDIS_DB", "must be empty or 0 with REDIS_CLUSTER; a cluster has one database");
        }
        return 0;
    }

    /** Braces decide which node of a cluster holds a key; those around session and address must be the first. */
    private String keyPrefix() {
        String prefix = keys.text("REDIS_KEY_PREFIX", "");
        if (prefix.contains("{") || prefix.contains("}")) {
            keys.problem("REDIS_KEY_PREFIX", "holds braces; leave them out");
        }
        return prefix;
    }
}
