package io.gatehouse.support;

import io.gatehouse.config.Settings.Postgres;
import io.gatehouse.embedded.Endpoint;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** What several service processes need to serve the same accounts. */
public final class Replica {

    private Replica() {}

    /** Settings for all of them: a migrated database and keys of Redis of their own, no limits. */
    public static Map<String, String> environment(TestStores stores) {
        return environment(stores.newDatabase(), stores.redis());
    }

    /** The same on a database that the test looks into. */
    public static Map<String, String> environment(Postgres database, Endpoint redis) {
        Map<String, String> environment = new HashMap<>(TestService.NO_LIMITS);
        environment.putAll(TestStores.environment(database));
        environment.put("COOKIE_SECRET", TestService.COOKIE_SECRET);
        environment.put("ECIES_PRIVATE_KEY", TestService.ECIES_PRIVATE_KEY);
        environment.put("REDIS_HOST", redis.host());
        environment.put("REDIS_PORT", Integer.toString(redis.port()));
        environment.put("REDIS_PASSWORD", redis.password());
        environment.put("REDIS_KEY_PREFIX", "replicas-of-" + database.database() + ":");
        environment.put("TRUSTED_PROXIES", "127.0.0.1/32");
        return environment;
    }

    /** The cookie of a new account. Waits until ids can be made, which comes after the listener. */
    public static String signIn(TestClient client, String email) {
        if (!Await.until(Duration.ofSeconds(20), () -> client.register(email).status() == 201)) {
            throw new IllegalStateException("Nobody can sign up");
        }
        return client.login(email).cookie();
    }
}
