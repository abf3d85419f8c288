package io.gatehouse.bench;

import io.gatehouse.db.Database;
import io.gatehouse.id.Snowflakes;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.OptionalInt;

/** Ids as a service makes them, under a worker number that is leased in a PostgreSQL started for the purpose. */
final class LeasedIds implements AutoCloseable {

    private final BenchStores stores = BenchStores.open("ids");
    private final Database database;
    private final Snowflakes ids;
    private final Thread renewing = Thread.ofVirtual().unstarted(this::renew);

    LeasedIds() {
        database = Database.open(stores.postgresSettings());
        ids = Snowflakes.leased(
                BenchStores.EPOCH,
                database,
                OptionalInt.empty(),
                "bench",
                Clock.systemUTC(),
                new SimpleMeterRegistry());
        renewing.start();
    }

    long next() {
        return ids.next();
    }

    @Override
    public void close() {
        renewing.interrupt();
        ids.close();
        database.close();
        stores.close();
    }

    private void renew() {
        try {
            while (true) {
                ids.renew();
                Thread.sleep(Duration.ofSeconds(2));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
