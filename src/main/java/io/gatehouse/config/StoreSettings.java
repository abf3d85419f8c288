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
                keys.integer("POSTGRE_POOL_SIZE", 10, 1, 1000),
                keys.millis("POSTGRE_TIMEOUT_MS", 2000, 500, 60_000));
    }

    Redis redis() {
        int port = keys.integer("REDIS_PORT", 6379, 1, 65535);
        Optional<Address> address = keys.text("REDIS_HOST").map(host -> new Address(host, port));
        Login login = new Login(keys.text("REDIS_USERNAME", ""), keys.secret("REDIS_PASSWORD"));
        if (!login.user().isEmpty() && login.password().isEmpty()) {
            keys.problem("REDIS_USERNAME", "needs REDIS_PASSWORD beside it");
        }
        if (address.isPresent() && login.password().isEmpty()) {
            keys.warning("REDIS_PASSWORD", "is empty; Redis is reached without a password");
        }
        // The embedded Redis has the usual 16 databases.
        int mostDatabase = address.isPresent() ? 15_999 : 15;
        return new Redis(
                address,
                login,
                keys.integer("REDIS_DB", 10, 0, mostDatabase),
                keys.text("REDIS_KEY_PREFIX", ""),
                keys.flag("REDIS_TLS", false),
                keys.flag("REDIS_ENABLE_OFFLINE_QUEUE", true),
                keys.millis("REDIS_TIMEOUT_MS", 250, 10, 10_000));
    }
}
