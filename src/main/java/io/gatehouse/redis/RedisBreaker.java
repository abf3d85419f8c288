package io.gatehouse.redis;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.github.resilience4j.circuitbreaker.event.CircuitBreakerOnStateTransitionEvent;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps requests from waiting for a Redis that does not answer (resilience4j's circuit breaker). Opens when half of
 * the last calls failed, or when somebody says that Redis holds what it must not. While it is open no request asks
 * Redis; one trial at a time, in the background, decides whether it closes again. Every change is one log line and
 * counts in {@code gatehouse_redis_breaker_changes_total{to}}. Thread-safe.
 */
public final class RedisBreaker implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(RedisBreaker.class);

    private static final int MOST_IN_FLIGHT = 10_000;
    private static final int CALLS = 20;
    private static final int LEAST_CALLS = 5;
    private static final Duration TRIAL_EVERY = Duration.ofMillis(500);

    private final CircuitBreaker breaker;
    private final MeterRegistry meters;
    private final Duration trialEvery;
    private final AtomicBoolean recovering = new AtomicBoolean();
    private volatile Runnable probe = () -> {};
    private volatile Runnable trial = () -> {};
    private volatile String cause = "";
    private volatile boolean closed;

    public RedisBreaker(MeterRegistry meters) {
        this(meters, TRIAL_EVERY);
    }

    RedisBreaker(MeterRegistry meters, Duration trialEvery) {
        this.meters = meters;
        this.trialEvery = trialEvery;
        this.breaker = CircuitBreaker.of(
                "redis",
                CircuitBreakerConfig.custom()
                        .slidingWindowType(SlidingWindowType.COUNT_BASED)
                        .slidingWindowSize(CALLS)
                        .minimumNumberOfCalls(LEAST_CALLS)
                        .failureRateThreshold(50)
                        // More than can be in flight: only a trial closes, never a call that began before.
                        .permittedNumberOfCallsInHalfOpenState(MOST_IN_FLIGHT)
                        .automaticTransitionFromOpenToHalfOpenEnabled(false)
                        .writableStackTraceEnabled(false)
                        .build());
        Stream.of(State.CLOSED, State.OPEN, State.HALF_OPEN).forEach(this::changes);
        breaker.getEventPublisher().onStateTransition(this::changed);
        Gauge.builder("gatehouse.redis.breaker.open", () -> isClosed() ? 0 : 1)
                .description("Whether requests do without Redis")
                .register(meters);
    }

    /** What the breaker counts with, and its connection, too. */
    MeterRegistry meters() {
        return meters;
    }

    /**
     * What has to succeed, once Redis answers, before requests may ask it again; throws where it does not.
     *
     * @param work may run for a while; is run in the background by one thread at a time
     */
    public void trial(Runnable work) {
        this.trial = work;
    }

    /** Whether requests may ask Redis. */
    public boolean isClosed() {
        return breaker.getState() == State.CLOSED;
    }

    /**
     * Whether a trial will certainly run, from its beginning, before requests may ask Redis again: whoever sees true
     * may leave to the trial what Redis cannot be told now.
     */
    public boolean isOpen() {
        return breaker.getState() == State.OPEN;
    }

    /** Why Redis is not asked, as far as is known: also of the last trial. Means nothing while requests may ask it. */
    public String cause() {
        return cause;
    }

    /** Redis must not be asked before the next successful trial. */
    public synchronized void open(Throwable because) {
        cause = String.valueOf(because.getMessage());
        if (!isOpen()) {
            breaker.transitionToOpenState();
        }
    }

    /** A first, cheap look at Redis. While it or the trial fails, the breaker stays open without a word. */
    void probe(Runnable look) {
        this.probe = look;
    }

    /**
     * Makes a call unless Redis must not be asked, and takes its outcome into account.
     *
     * @param fair whether its failure would say something about Redis
     */
    <T> T guard(Supplier<T> call, boolean fair) {
        if (!isClosed()) {
            throw new RedisUnavailableException("Redis is not asked while its breaker is open", null);
        }
        long start = System.nanoTime();
        try {
            T reply = call.get();
            breaker.onSuccess(System.nanoTime() - start, TimeUnit.NANOSECONDS);
            return reply;
        } catch (RedisUnavailableException e) {
            if (fair) {
                cause = String.valueOf(e.getMessage());
                breaker.onError(System.nanoTime() - start, TimeUnit.NANOSECONDS, e);
            }
            throw e;
        }
    }

    /** Makes no more trials. */
    @Override
    public void close() {
        closed = true;
    }

    private Counter changes(State to) {
        return Counter.builder("gatehouse.redis.breaker.changes")
                .description("Changes of the breaker before Redis, by the state that it changed to")
                .tag("to", name(to))
                .register(meters);
    }

    private static String name(State state) {
        return state.name().toLowerCase(Locale.ROOT);
    }

    private void changed(CircuitBreakerOnStateTransitionEvent event) {
        State to = event.getStateTransition().getToState();
        String name = name(to);
        changes(to).increment();
        if (to == State.OPEN) {
            log.atWarn().addKeyValue("state", name).addKeyValue("cause", cause).log("redis breaker changed");
        } else {
            log.atInfo().addKeyValue("state", name).log("redis breaker changed");
        }
        if (to == State.OPEN && recovering.compareAndSet(false, true)) {
            Thread.ofVirtual().name("redis-breaker").start(this::recover);
        }
    }

    private void recover() {
        try {
            while (!closed && !isClosed()) {
                TimeUnit.MILLISECONDS.sleep(trialEvery.toMillis());
                tryOnce();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            recovering.set(false);
        }
        // Opened again between the last look and the flag.
        if (!closed && !isClosed() && recovering.compareAndSet(false, true)) {
            Thread.ofVirtual().name("redis-breaker").start(this::recover);
        }
    }

    void tryOnce() {
        try {
            probe.run();
            trial.run();
            // Once more for what has come meanwhile: from here on nobody leaves anything to a trial.
            halfOpen();
            trial.run();
            closeIfHalfOpen();
        } catch (RuntimeException | Error e) {
            log.debug("redis breaker stays open", e);
            open(e);
        }
    }

    /** Unless somebody has found meanwhile that Redis must not be asked. */
    private synchronized void closeIfHalfOpen() {
        if (breaker.getState() == State.HALF_OPEN) {
            breaker.transitionToClosedState();
        }
    }

    private synchronized void halfOpen() {
        breaker.transitionToHalfOpenState();
    }
}
