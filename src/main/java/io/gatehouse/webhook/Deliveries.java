package io.gatehouse.webhook;

import io.gatehouse.crypto.KeyRing;
import io.gatehouse.db.Database;
import io.gatehouse.db.DatabaseUnavailableException;
import io.gatehouse.outgoing.OutgoingClient;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers what is in the outbox. All replicas look, every second; an endpoint is claimed by one of them at a time, by
 * {@code skip locked} and a lease, and a bounded number of endpoints is served at once. Thread-safe.
 */
public final class Deliveries implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Deliveries.class);

    /** Endpoints that one replica sends to at once. */
    private static final int AT_ONCE = 8;

    /** Looks between two counts of the backlog. */
    private static final int COUNT_EVERY = 10;

    private static final int MOST_COUNTED = 100_000;

    /** Within what a stopping service may take; what is under way then is sent again by others. */
    private static final Duration FINISH = Duration.ofSeconds(2);

    private final Database database;
    private final Line line;
    private final WebhookMeters meters;
    private final Semaphore places = new Semaphore(AT_ONCE);
    private final ExecutorService senders = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("webhook-", 0).factory());
    private int looks;
    private volatile boolean closing;

    /**
     * @param longestCall of the client
     * @param longestWrite of the database
     */
    public Deliveries(
            Database database,
            KeyRing keys,
            OutgoingClient client,
            Duration longestCall,
            Duration longestWrite,
            MeterRegistry meters,
            Clock clock) {
        this.database = database;
        this.meters = new WebhookMeters(meters);
        this.line =
                new Line(database, new EndpointSecrets(keys), client, longestCall, longestWrite, this.meters, clock);
    }

    /** Starts to send whatever is due and free; a beat calls it every second, never twice at once. */
    public void look() {
        try {
            boolean more = true;
            while (more && !closing && places.tryAcquire()) {
                more = start();
            }
            if (looks++ % COUNT_EVERY == 0) {
                meters.backlog(database.read(sql -> new DeliveryStore(sql).backlog(MOST_COUNTED)));
            }
        } catch (DatabaseUnavailableException e) {
            log.debug("webhooks wait for the database", e);
        }
    }

    /** Takes one endpoint, and gives the place back if there is none. */
    private boolean start() {
        boolean started = false;
        try {
            Optional<Line.Turn> turn = line.begin();
            turn.ifPresent(it -> senders.execute(() -> send(it)));
            started = turn.isPresent();
            return started;
        } finally {
            if (!started) {
                places.release();
            }
        }
    }

    private void send(Line.Turn turn) {
        try {
            line.work(turn, () -> closing);
        } catch (DatabaseUnavailableException e) {
            log.debug("webhooks wait for the database", e);
        } catch (RuntimeException e) {
            log.atError()
                    .addKeyValue("endpointId", Long.toString(turn.claim().endpoint()))
                    .setCause(e)
                    .log("webhooks could not be sent");
        } finally {
            places.release();
        }
    }

    /** Takes nothing new, and waits a moment for what is under way. */
    @Override
    public void close() {
        closing = true;
        senders.shutdown();
        try {
            if (!senders.awaitTermination(FINISH.toMillis(), TimeUnit.MILLISECONDS)) {
                senders.shutdownNow();
            }
        } catch (InterruptedException e) {
            senders.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
