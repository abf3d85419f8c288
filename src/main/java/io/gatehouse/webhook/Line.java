package io.gatehouse.webhook;

import io.gatehouse.crypto.CannotOpenException;
import io.gatehouse.db.Transactions;
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

/**
 * Sends to one endpoint what is due for it, one after the other in the order of events. What became of an attempt is
 * written under the fence of the claim, together with the look at what comes next: a sender that was stopped and taken over
 * writes nothing. Thread-safe.
 */
final class Line {

    private static final Logger log = LoggerFactory.getLogger(Line.class);

    /** Beyond the longest call, before another replica may take an endpoint over. */
    private static final Duration SPARE = Duration.ofSeconds(5);

    /** Then another endpoint has its turn. */
    private static final long TURN_NANOS = TimeUnit.SECONDS.toNanos(20);

    /** Past an attempt that was not made, because we are busy or the endpoint's server is known to be away. */
    private static final Duration POSTPONED = Duration.ofSeconds(5);

    private static final int LONGEST_RESULT = 256;
    private static final int GONE = 410;

    private final Transactions transactions;
    private final EndpointSecrets secrets;
    private final OutgoingClient client;
    private final Duration lease;
    private final WebhookMeters meters;
    private final Clock clock;

    /** @param longestCall of the client */
    Line(
            Transactions transactions,
            EndpointSecrets secrets,
            OutgoingClient client,
            Duration longestCall,
            WebhookMeters meters,
            Clock clock) {
        this.transactions = transactions;
        this.secrets = secrets;
        this.client = client;
        this.lease = longestCall.plus(SPARE);
        this.meters = meters;
        this.clock = clock;
    }

    /**
     * What an attempt came to.
     *
     * @param made false when nothing was sent
     * @param text a status, or why there was none
     */
    private record Attempt(boolean made, boolean accepted, boolean gone, String text) {}

    /** An endpoint to which something is to be sent and nobody sends. */
    Optional<EndpointStore.Claim> claim() {
        return transactions.tx(sql -> new EndpointStore(sql).claim(lease));
    }

    /** Sends what is due, until nothing is, or the turn is over, or the claim is lost. */
    void work(EndpointStore.Claim claim, BooleanSupplier stopping) {
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
        Optional<DeliveryStore.Due> due = transactions.tx(sql -> new DeliveryStore(sql).next(claim.endpoint()));
        while (due.isPresent()) {
            DeliveryStore.Due now = due.get();
            Attempt attempt = send(claim, now, keys);
            boolean turn = System.nanoTime() - begun < TURN_NANOS && !stopping.getAsBoolean();
            due = settle(claim, now, attempt, turn);
        }
    }

    private Attempt send(EndpointStore.Claim claim, DeliveryStore.Due due, List<EndpointSecret> keys) {
        Request request =
                Request.postJson(claim.url().toString(), due.message().body()).repeating();
        for (Map.Entry<String, String> header :
                due.message().headers(clock.instant(), keys).entrySet()) {
            request = request.header(header.getKey(), header.getValue());
        }
        try {
            Answer answer = client.send(request);
            return new Attempt(true, answer.successful(), answer.status() == GONE, Integer.toString(answer.status()));
        } catch (OutgoingException e) {
            boolean made = switch (e.reason()) {
                case BUSY, CIRCUIT_OPEN, INTERRUPTED -> false;
                default -> true;
            };
            return new Attempt(made, false, false, shortened(e.reason().text() + ": " + e.getMessage()));
        }
    }

    private static String shortened(String text) {
        return text.substring(0, Math.min(LONGEST_RESULT, text.length()));
    }

    /** Writes what became of an attempt, and looks for the next. */
    private Optional<DeliveryStore.Due> settle(
            EndpointStore.Claim claim, DeliveryStore.Due due, Attempt attempt, boolean goOn) {
        Outcome outcome = Outcome.of(due, attempt.made(), attempt.accepted());
        record Settled(boolean held, boolean disabled, Optional<DeliveryStore.Due> next) {}
        Settled settled = transactions.tx(sql -> {
            EndpointStore endpoints = new EndpointStore(sql);
            Optional<Endpoint.Status> status = endpoints.renew(claim, lease);
            if (status.isEmpty()) {
                return new Settled(false, false, Optional.empty());
            }
            DeliveryStore deliveries = new DeliveryStore(sql);
            outcome.write(deliveries, endpoints, due, attempt.text(), POSTPONED);
            boolean disabled = outcome.disables(endpoints, claim.endpoint(), attempt.gone());
            Optional<DeliveryStore.Due> next = goOn && !disabled && status.get() == Endpoint.Status.ACTIVE
                    ? deliveries.next(claim.endpoint())
                    : Optional.empty();
            if (next.isEmpty()) {
                endpoints.release(claim);
            }
            return new Settled(true, disabled, next);
        });
        if (settled.held()) {
            tell(due, outcome, attempt);
            if (settled.disabled()) {
                meters.disabled();
                log.atError()
                        .addKeyValue("endpointId", Long.toString(claim.endpoint()))
                        .addKeyValue("result", attempt.text())
                        .log("a webhook endpoint is disabled; ./gatehouse webhooks resume");
            }
        }
        return settled.next();
    }

    private void tell(DeliveryStore.Due due, Outcome outcome, Attempt attempt) {
        meters.attempted(outcome);
        (outcome.alarming() ? log.atWarn() : log.atDebug())
                .addKeyValue("endpointId", Long.toString(due.endpoint()))
                .addKeyValue("webhookId", due.message().id())
                .addKeyValue("attempt", due.attempts() + 1)
                .addKeyValue("result", attempt.text())
                .log("webhook " + outcome.text());
    }
}
