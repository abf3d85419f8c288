package io.gatehouse.webhook;

import io.gatehouse.crypto.CannotOpenException;
import io.gatehouse.db.Transactions;
import io.gatehouse.log.Logging;
import io.gatehouse.outgoing.Answer;
import io.gatehouse.outgoing.OutgoingClient;
import io.gatehouse.outgoing.OutgoingException;
import io.gatehouse.outgoing.Request;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Sends to one endpoint what is due for it, one after the other in the order of events. What became of an attempt is
 * written under the fence of the claim, together with the look at what comes next: a sender that was stopped and taken over
 * writes nothing. Thread-safe.
 */
final class Line {

    private static final Logger log = LoggerFactory.getLogger(Line.class);

    /** Then another endpoint has its turn. */
    private static final long TURN_NANOS = TimeUnit.SECONDS.toNanos(20);

    /** After an attempt that was not made, because we are busy or the endpoint's server is known to be away. */
    private static final Duration REST = Duration.ofSeconds(5);

    private static final int LONGEST_RESULT = 256;
    private static final int GONE = 410;

    private final Transactions transactions;
    private final EndpointSecrets secrets;
    private final OutgoingClient client;
    private final Duration longestCall;
    private final Duration lease;
    private final WebhookMeters meters;
    private final Clock clock;

    /**
     * @param longestCall of the client
     * @param longestWrite of the database, before and after a call
     */
    Line(
            Transactions transactions,
            EndpointSecrets secrets,
            OutgoingClient client,
            Duration longestCall,
            Duration longestWrite,
            WebhookMeters meters,
            Clock clock) {
        this.transactions = transactions;
        this.secrets = secrets;
        this.client = client;
        this.longestCall = longestCall;
        this.lease = longestCall.plus(longestWrite.multipliedBy(2)).plusSeconds(1);
        this.meters = meters;
        this.clock = clock;
    }

    /**
     * An endpoint that is ours for a while, and what is to be sent to it next.
     *
     * @param until when it is certainly ours, by {@link System#nanoTime}
     * @param first whether it is the first of the turn
     */
    record Turn(EndpointStore.Claim claim, DeliveryStore.Due due, long until, boolean first) {}

    /**
     * What an attempt came to.
     *
     * @param made false when nothing was sent
     * @param text a status, or why there was none
     */
    private record Attempt(boolean made, boolean accepted, boolean gone, String text) {

        static Attempt answered(int status) {
            return new Attempt(true, status / 100 == 2, status == GONE, Integer.toString(status));
        }

        static Attempt failed(boolean made, String text) {
            return new Attempt(made, false, false, text.substring(0, Math.min(LONGEST_RESULT, text.length())));
        }
    }

    /** Takes an endpoint to which something is to be sent and nobody sends. */
    Optional<Turn> begin() {
        long until = System.nanoTime() + lease.toNanos();
        return transactions.tx(sql -> {
            EndpointStore endpoints = new EndpointStore(sql);
            return endpoints.claim(lease).flatMap(claim -> {
                Optional<DeliveryStore.Due> due = new DeliveryStore(sql).next(claim.endpoint());
                if (due.isEmpty()) {
                    // Another was quicker between the look and the lock.
                    endpoints.release(claim, Duration.ZERO);
                }
                return due.map(it -> new Turn(claim, it, until, true));
            });
        });
    }

    /** Sends what is due, until nothing is, or the turn is over, or the claim is lost. */
    void work(Turn first, BooleanSupplier stopping) {
        EndpointStore.Claim claim = first.claim();
        List<EndpointSecret> keys;
        try {
            keys = secrets.open(claim.secrets());
        } catch (CannotOpenException e) {
            // Not given back: nobody tries again before the lease has run out.
            log.atError()
                    .addKeyValue("endpointId", Long.toString(claim.endpoint()))
                    .addKeyValue("keyId", claim.secrets().current().keyId())
                    .log("the secret of a webhook endpoint cannot be opened; rotate it");
            return;
        }
        long begun = System.nanoTime();
        Optional<Turn> turn = Optional.of(first);
        // A process that was stopped for a while must not send what another has sent meanwhile.
        while (turn.isPresent() && turn.get().until() - System.nanoTime() > longestCall.toNanos()) {
            boolean goOn = System.nanoTime() - begun < TURN_NANOS && !stopping.getAsBoolean();
            turn = deliver(turn.get(), keys, goOn);
        }
    }

    /** One attempt, in the name of the request in which the event happened; what comes next. */
    private Optional<Turn> deliver(Turn turn, List<EndpointSecret> keys, boolean goOn) {
        turn.due().logId().ifPresent(id -> MDC.put(Logging.LOG_ID, id));
        try {
            return settle(turn, send(turn, keys), goOn);
        } finally {
            MDC.remove(Logging.LOG_ID);
        }
    }

    private Attempt send(Turn turn, List<EndpointSecret> keys) {
        Message message = turn.due().message();
        Request request =
                Request.postJson(turn.claim().url().toString(), message.body()).repeating();
        for (Map.Entry<String, String> header :
                message.headers(clock.instant(), keys).entrySet()) {
            request = request.header(header.getKey(), header.getValue());
        }
        try {
            Answer answer = client.send(request);
            return Attempt.answered(answer.status());
        } catch (OutgoingException e) {
            // It has answered, only too much, or with another address.
            return e.status().isPresent()
                    ? Attempt.answered(e.status().getAsInt())
                    : Attempt.failed(made(e), e.reason().text() + ": " + e.getMessage());
        }
    }

    private static boolean made(OutgoingException e) {
        return switch (e.reason()) {
            case BUSY, CIRCUIT_OPEN, INTERRUPTED -> false;
            default -> true;
        };
    }

    private record Settled(boolean held, boolean disabled, Optional<Turn> next) {

        static final Settled LOST = new Settled(false, false, Optional.empty());
    }

    /** Writes what became of an attempt, and looks for the next. */
    private Optional<Turn> settle(Turn turn, Attempt attempt, boolean goOn) {
        Outcome outcome = Outcome.of(turn.due(), attempt.made(), attempt.accepted());
        long until = System.nanoTime() + lease.toNanos();
        Settled settled = transactions.tx(sql -> {
            EndpointStore endpoints = new EndpointStore(sql);
            Optional<Endpoint.Status> status = endpoints.renew(turn.claim(), lease);
            if (status.isEmpty()) {
                return Settled.LOST;
            }
            DeliveryStore deliveries = new DeliveryStore(sql);
            outcome.write(deliveries, endpoints, turn.due(), attempt.text());
            boolean disabled = outcome.disables(endpoints, turn.claim().endpoint(), attempt.gone());
            boolean more = goOn && attempt.made() && !disabled && status.get() == Endpoint.Status.ACTIVE;
            Optional<DeliveryStore.Due> next = more ? next(deliveries, turn, attempt) : Optional.empty();
            if (next.isEmpty()) {
                endpoints.release(turn.claim(), attempt.made() ? Duration.ZERO : REST);
            }
            return new Settled(true, disabled, next.map(due -> new Turn(turn.claim(), due, until, false)));
        });
        if (settled.held()) {
            tell(turn.due(), outcome, attempt, settled.disabled());
        }
        return settled.next();
    }

    /**
     * What was parked has the second place of each turn, so that a line that is never empty does not shut it out; not the
     * first, because what fails again would have the endpoint's server taken for dead.
     */
    private static Optional<DeliveryStore.Due> next(DeliveryStore deliveries, Turn turn, Attempt attempt) {
        long endpoint = turn.claim().endpoint();
        return turn.first() && attempt.accepted()
                ? deliveries.nextWithParkedFirst(endpoint)
                : deliveries.next(endpoint);
    }

    private void tell(DeliveryStore.Due due, Outcome outcome, Attempt attempt, boolean disabled) {
        meters.attempted(outcome);
        (outcome.alarming() ? log.atWarn() : log.atDebug())
                .addKeyValue("endpointId", Long.toString(due.endpoint()))
                .addKeyValue("webhookId", due.message().id())
                .addKeyValue("attempt", due.attempts() + 1)
                .addKeyValue("result", attempt.text())
                .log("webhook " + outcome.text());
        if (disabled) {
            meters.disabled();
            log.atError()
                    .addKeyValue("endpointId", Long.toString(due.endpoint()))
                    .addKeyValue("result", attempt.text())
                    .log("a webhook endpoint is disabled; ./gatehouse webhooks resume");
        }
    }
}
