package io.gatehouse.webhook;

import io.gatehouse.config.Settings.Postgres;
import io.gatehouse.crypto.EciesKey;
import io.gatehouse.crypto.KeyRing;
import io.gatehouse.db.Database;
import io.gatehouse.id.Snowflakes;
import io.gatehouse.support.TestService;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;

/** The operators' side of a service's webhooks, beside the service. */
public final class TestEndpoints implements AutoCloseable {

    private final Database database;
    private final Snowflakes ids;
    private final Endpoints endpoints;

    /** Beside the service of a database. */
    public TestEndpoints(Postgres settings) {
        SecureRandom random = new SecureRandom();
        Clock clock = Clock.systemUTC();
        database = Database.open(settings);
        ids = Snowflakes.leased(
                Instant.parse("2020-01-01T00:00:00Z"),
                database,
                OptionalInt.empty(),
                "test",
                clock,
                new SimpleMeterRegistry());
        KeyRing keys = new KeyRing(EciesKey.parse(TestService.ECIES_PRIVATE_KEY), List.of(), random);
        endpoints = new Endpoints(database, keys, Duration.ofDays(30), random, ids, clock);
    }

    Database database() {
        return database;
    }

    Endpoints rules() {
        return endpoints;
    }

    /** Of all events, unless some are named. */
    Endpoints.Added add(String url, EventType... events) {
        boolean ready = ids.await(Duration.ofSeconds(20));
        if (!ready) {
            throw new IllegalStateException("No worker number was leased in time");
        }
        return endpoints
                .add(URI.create(url), List.of(events.length == 0 ? EventType.values() : events))
                .orElseThrow();
    }

    /** Registers an endpoint of all events. */
    public void register(String url) {
        Endpoints.Added _ = add(url);
    }

    Endpoint find(long id) {
        return endpoints.list().stream()
                .filter(endpoint -> endpoint.id() == id)
                .findFirst()
                .orElseThrow();
    }

    @Override
    public void close() {
        ids.close();
        database.close();
    }
}
