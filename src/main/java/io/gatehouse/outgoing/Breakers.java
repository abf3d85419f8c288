package io.gatehouse.outgoing;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.github.resilience4j.core.IntervalFunction;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One circuit breaker per origin, so that a dead target costs its callers nothing and others not at all. Opens when half
 * of the last calls failed; then one call at a time is let through, after a rest that doubles with each failure.
 * Every change is one log line and one count. Keeps the origins used last. Thread-safe.
 */
final class Breakers {

    private static final Logger log = LoggerFactory.getLogger(Breakers.class);

    private static final int CALLS = 20;
    private static final int LEAST_CALLS = 5;
    private static final int MOST_ORIGINS = 1000;
    private static final Duration LONGEST_REST = Duration.ofMinutes(1);

    private final String client;
    private final ClientMeters meters;
    private final CircuitBreakerConfig config;
    private final Map<String, CircuitBreaker> byOrigin = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, CircuitBreaker> eldest) {
            return size() > MOST_ORIGINS;
        }
    };

    /** @param rest before the first trial */
    Breakers(String client, Duration rest, ClientMeters meters) {
        this.client = client;
        this.meters = meters;
        this.config = CircuitBreakerConfig.custom()
                .slidingWindowType(SlidingWindowType.COUNT_BASED)
                .slidingWindowSize(CALLS)
                .minimumNumberOfCalls(LEAST_CALLS)
                .failureRateThreshold(50)
                .permittedNumberOfCallsInHalfOpenState(1)
                .waitIntervalFunctionInOpenState(IntervalFunction.ofExponentialBackoff(rest, 2, LONGEST_REST))
                .writableStackTraceEnabled(false)
                .build();
        meters.openBreakers(this::open);
    }

    synchronized CircuitBreaker of(Target target) {
        return byOrigin.computeIfAbsent(target.origin(), this::create);
    }

    private synchronized int open() {
        return (int) byOrigin.values().stream()
                .filter(breaker -> breaker.getState() != State.CLOSED)
                .count();
    }

    private CircuitBreaker create(String origin) {
        CircuitBreaker breaker = CircuitBreaker.of(origin, config);
        breaker.getEventPublisher()
                .onStateTransition(
                        event -> changed(origin, event.getStateTransition().getToState()));
        return breaker;
    }

    private void changed(String origin, State to) {
        meters.changed(to);
        (to == State.OPEN ? log.atWarn() : log.atInfo())
                .addKeyValue("client", client)
                .addKeyValue("origin", origin)
                .addKeyValue("state", to.name().toLowerCase(Locale.ROOT))
                .log("outgoing breaker changed");
    }
}
