package io.gatehouse.webhook;

import io.gatehouse.crypto.CannotOpenException;
import io.gatehouse.crypto.KeyRing;
import io.gatehouse.db.Batches;
import io.gatehouse.db.Database;
import io.gatehouse.db.Transactions;
import io.gatehouse.id.Snowflakes;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The rules of endpoints: who is told what, with which secret. Thread-safe. */
public final class Endpoints {

    private static final Logger log = LoggerFactory.getLogger(Endpoints.class);

    /** Every change of an account looks at all of them. */
    private static final int MOST = 100;

    /** Receivers may still know only the secret before the last rotation. */
    private static final Duration OVERLAP = Duration.ofHours(24);

    private static final int MOST_SHOWN = 100;

    /** Whatever the retention: all attempts at an event take a day. */
    private static final Duration LEAST_KEPT = Duration.ofDays(3);

    private final Database database;
    private final EndpointSecrets secrets;
    private final Duration retention;
    private final SecureRandom random;
    private final Snowflakes ids;
    private final Clock clock;

    /** @param retention how long events are kept */
    public Endpoints(
            Database database, KeyRing keys, Duration retention, SecureRandom random, Snowflakes ids, Clock clock) {
        this.database = database;
        this.secrets = new EndpointSecrets(keys);
        this.retention = retention;
        this.random = random;
        this.ids = ids;
        this.clock = clock;
    }

    /** An endpoint with its secret, which can be seen only now. */
    record Added(Endpoint endpoint, EndpointSecret secret) {}

    /** Empty when there are too many. */
    Optional<Added> add(URI url, List<EventType> events) {
        EndpointSecret secret = EndpointSecret.random(random);
        Endpoint endpoint = new Endpoint(
                ids.next(),
                url,
                events.stream().map(EventType::text).toList(),
                Endpoint.Status.ACTIVE,
                clock.instant().truncatedTo(ChronoUnit.MILLIS),
                Optional.empty());
        return database.tx(sql -> {
            EndpointStore store = new EndpointStore(sql);
            if (store.count() >= MOST) {
                return Optional.empty();
            }
            store.insert(endpoint, secrets.seal(secret));
            return Optional.of(new Added(endpoint, secret));
        });
    }

    List<Endpoint> list() {
        return database.read(sql -> new EndpointStore(sql).list());
    }

    /** The new secret; empty when there is no such endpoint. The one before signs, too, for 24 hours. */
    Optional<EndpointSecret> rotate(long id) {
        EndpointSecret secret = EndpointSecret.random(random);
        boolean known = database.tx(sql -> new EndpointStore(sql).rotate(id, secrets.seal(secret), OVERLAP));
        return known ? Optional.of(secret) : Optional.empty();
    }

    /** Events are kept for it, and not sent; false when there is no such endpoint. */
    boolean pause(long id) {
        return database.tx(sql -> new EndpointStore(sql).changeStatus(id, Endpoint.Status.PAUSED));
    }

    /** Sends again, to one that was paused or disabled; false when there is no such endpoint. */
    boolean resume(long id) {
        return database.tx(sql -> new EndpointStore(sql).changeStatus(id, Endpoint.Status.ACTIVE));
    }

    /** Forgets it and its deliveries; false when there is no such endpoint. */
    boolean remove(long id) {
        // First nobody writes for it any more: a long deletion would hold up whoever does.
        boolean known = database.tx(sql -> new EndpointStore(sql).changeStatus(id, Endpoint.Status.DISABLED));
        long gone = Batches.delete(database, (sql, most) -> new DeliveryStore(sql).delete(id, most));
        log.debug("{} deliveries of endpoint {} are removed", gone, id);
        return known && database.tx(sql -> new EndpointStore(sql).delete(id));
    }

    /** The latest deliveries, up to a hundred. */
    List<Delivery> deliveries(long id, Optional<Delivery.State> state) {
        return database.read(sql -> new DeliveryStore(sql).list(id, state, MOST_SHOWN));
    }

    /** Sends one event, or all that were given up or parked, again; how many. */
    int repeat(long id, Optional<Long> event) {
        return database.tx(sql -> new DeliveryStore(sql).repeat(id, event));
    }

    /**
     * Deletes events that have been kept long enough, delivered or not, in bounded batches; a job calls it.
     *
     * @param transactions one for each batch
     * @return how many
     */
    public long purge(Transactions transactions) {
        Instant before = clock.instant().minus(retention.compareTo(LEAST_KEPT) < 0 ? LEAST_KEPT : retention);
        transactions.tx(sql -> {
            new EndpointStore(sql).forgetPrevious();
            return true;
        });
        return Batches.delete(transactions, (sql, most) -> new DeliveryStore(sql).purge(before, most));
    }

    /**
     * What became of endpoints whose secrets other keys had sealed.
     *
     * @param done sealed anew
     * @param left cannot be opened
     */
    public record Resealed(long done, long left) {}

    /**
     * Seals what previous keys sealed under the current one.
     *
     * @param progress gets a line for every endpoint whose secret cannot be opened
     */
    public Resealed reseal(Transactions transactions, Consumer<String> progress) {
        return transactions.tx(sql -> {
            EndpointStore store = new EndpointStore(sql);
            List<EndpointStore.Sealings> all = store.sealedOtherwise(secrets.currentKey());
            long done = all.stream().filter(old -> reseal(store, old, progress)).count();
            return new Resealed(done, all.size() - done);
        });
    }

    private boolean reseal(EndpointStore store, EndpointStore.Sealings old, Consumer<String> progress) {
        try {
            store.reseal(secrets.renewed(old));
            return true;
        } catch (CannotOpenException e) {
            progress.accept("webhook endpoint %d: its secret cannot be opened; rotate it".formatted(old.endpoint()));
            return false;
        }
    }
}
