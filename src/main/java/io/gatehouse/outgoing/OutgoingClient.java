package io.gatehouse.outgoing;

import io.gatehouse.config.Settings;
import io.gatehouse.log.Logging;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.MDC;

/**
 * Calls other servers for one purpose, within its bounds: time, connections, bytes, attempts, hosts. Blocks the calling
 * thread, for the client's timeout at most. Thread-safe.
 */
public final class OutgoingClient implements AutoCloseable {

    /** The request whose work this is. */
    private static final String LOG_ID_HEADER = "X-Log-Id";

    private final Settings.Outgoing settings;
    private final AddressPolicy policy;
    private final Connector connector;
    private final IdleConnections idle;
    private final Exchange exchange;
    private final Breakers breakers;
    private final Retries retries;
    private final RetryBudget budget = new RetryBudget();
    private final Semaphore permits;
    private final ClientMeters meters;
    private final Supplier<Map<String, String>> passedOn;

    OutgoingClient(
            Settings.Outgoing settings,
            AddressPolicy policy,
            Connector connector,
            IdleConnections idle,
            Exchange exchange,
            Breakers breakers,
            Retries retries,
            ClientMeters meters,
            Supplier<Map<String, String>> passedOn) {
        this.settings = settings;
        this.policy = policy;
        this.connector = connector;
        this.idle = idle;
        this.exchange = exchange;
        this.breakers = breakers;
        this.retries = retries;
        this.permits = new Semaphore(settings.connections(), true);
        this.meters = meters;
        this.passedOn = passedOn;
    }

    /**
     * Asks, several times where the request allows it, and gives the answer, whatever its status.
     *
     * @throws OutgoingException without an answer that can be used; says why
     */
    public Answer send(Request request) {
        Deadline deadline = Deadline.in(settings.timeout());
        Target target = Target.parse(request.url());
        policy.checkHost(target.host());
        budget.called();
        int attempts = 1;
        Attempt attempt = attempt(target, request, deadline);
        Optional<Duration> pause = pause(attempt, attempts, request, deadline);
        while (pause.isPresent()) {
            rest(target, pause.get());
            meters.retried();
            attempts++;
            attempt = attempt(target, request, deadline);
            pause = pause(attempt, attempts, request, deadline);
        }
        return attempt.orThrow();
    }

    private Optional<Duration> pause(Attempt attempt, int attempts, Request request, Deadline deadline) {
        if (!request.repeatable() || attempts > settings.retries()) {
            return Optional.empty();
        }
        return retries.pause(attempt, attempts)
                .filter(pause -> pause.compareTo(deadline.remaining()) < 0)
                .filter(pause -> budget.take());
    }

    private static void rest(Target target, Duration pause) {
        try {
            TimeUnit.NANOSECONDS.sleep(pause.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw OutgoingException.of(Reason.INTERRUPTED, target.host(), "interrupted");
        }
    }

    private Attempt attempt(Target target, Request request, Deadline deadline) {
        long start = System.nanoTime();
        Attempt attempt = guarded(target, request, deadline);
        meters.attempted(request.method(), attempt, Duration.ofNanos(System.nanoTime() - start));
        return attempt;
    }

    private Attempt guarded(Target target, Request request, Deadline deadline) {
        CircuitBreaker breaker = breakers.of(target);
        if (!breaker.tryAcquirePermission()) {
            return new Attempt.Failed(OutgoingException.of(
                    Reason.CIRCUIT_OPEN, target.host(), "has failed too often and is not asked for a while"));
        }
        long start = System.nanoTime();
        boolean counted = false;
        try {
            Answer answer = limited(target, request, deadline);
            counted = true;
            long took = System.nanoTime() - start;
            if (answer.status() >= 500) {
                breaker.onError(took, TimeUnit.NANOSECONDS, new ServerErrorException());
            } else {
                breaker.onSuccess(took, TimeUnit.NANOSECONDS);
            }
            return new Attempt.Answered(answer);
        } catch (OutgoingException e) {
            if (e.reason().blamesTarget()) {
                counted = true;
                breaker.onError(System.nanoTime() - start, TimeUnit.NANOSECONDS, e);
            }
            return new Attempt.Failed(e);
        } finally {
            if (!counted) {
                breaker.releasePermission();
            }
        }
    }

    /** Resilience4j wants something to have been thrown. */
    private static final class ServerErrorException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        ServerErrorException() {
            super("5xx", null, false, false);
        }
    }

    private Answer limited(Target target, Request request, Deadline deadline) {
        acquire(target, deadline.within(settings.connectTimeout()));
        try {
            return ask(target, request, deadline);
        } finally {
            permits.release();
        }
    }

    private void acquire(Target target, Deadline patience) {
        try {
            if (!permits.tryAcquire(patience.remaining().toNanos(), TimeUnit.NANOSECONDS)) {
                throw OutgoingException.of(Reason.BUSY, target.host(), "all connections are in use");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw OutgoingException.of(Reason.INTERRUPTED, target.host(), "interrupted");
        }
    }

    private Answer ask(Target target, Request request, Deadline deadline) {
        // A kept connection may have been closed by the other side: what must not be repeated gets a new one.
        Optional<Connection> kept = request.repeatable() ? idle.take(target.origin()) : Optional.empty();
        if (kept.isPresent()) {
            try {
                return over(kept.get(), target, request, deadline);
            } catch (OutgoingException e) {
                if (e.reason() != Reason.RESET || kept.get().answering()) {
                    throw e;
                }
            }
        }
        return over(connector.open(target, deadline.within(settings.connectTimeout())), target, request, deadline);
    }

    private Answer over(Connection connection, Target target, Request request, Deadline deadline) {
        try {
            return exchange.over(
                    connection,
                    target,
                    request,
                    headers(request),
                    deadline,
                    settings.readTimeout(),
                    settings.bodyLimit());
        } finally {
            if (connection.reusable()) {
                idle.give(connection);
            } else {
                connection.cut();
            }
        }
    }

    private Map<String, String> headers(Request request) {
        Map<String, String> headers = new HashMap<>();
        headers.put("User-Agent", "Gatehouse");
        Optional.ofNullable(MDC.get(Logging.LOG_ID)).ifPresent(id -> headers.put(LOG_ID_HEADER, id));
        headers.putAll(passedOn.get());
        headers.putAll(request.headers());
        return headers;
    }

    @Override
    public void close() {
        idle.close();
    }
}
