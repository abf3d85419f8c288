package io.gatehouse.health;

import io.helidon.health.HealthCheck;
import io.helidon.health.HealthCheckResponse;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A check that may hang, on a thread of its own and never twice at once: probes cannot pile up behind a store. To be used
 * by one thread at a time.
 */
final class BoundedCheck {

    private static final Logger log = LoggerFactory.getLogger(BoundedCheck.class);

    private final HealthCheck check;
    private final State otherwise;
    private @Nullable FutureTask<Answer> running;

    /** @param otherwise what it means that the check does not find everything well */
    BoundedCheck(HealthCheck check, State otherwise) {
        this.check = check;
        this.otherwise = otherwise;
    }

    String name() {
        return check.name();
    }

    private record Answer(HealthCheckResponse response, long millis) {}

    /** Asks, unless the last question is not answered yet. */
    void ask() {
        FutureTask<Answer> last = running;
        if (last == null || last.isDone()) {
            running = started();
        }
    }

    private FutureTask<Answer> started() {
        FutureTask<Answer> question = new FutureTask<>(this::call);
        try {
            // A platform thread: a network folder that hangs would keep a carrier of virtual ones.
            Thread.ofPlatform().daemon().name("health-" + check.name()).start(question);
            return question;
        } catch (Error e) {
            // The system gives no more threads. A question that nobody asks would be waited for forever.
            return failed(e);
        }
    }

    private static FutureTask<Answer> failed(Error cause) {
        FutureTask<Answer> failed = new FutureTask<>(() -> {
            throw cause;
        });
        failed.run();
        return failed;
    }

    private Answer call() {
        long begun = System.nanoTime();
        HealthCheckResponse response = check.call();
        return new Answer(response, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun));
    }

    /** What was found by then. */
    Finding finding(long deadlineNanos) {
        FutureTask<Answer> asked = running;
        if (asked == null) {
            throw new IllegalStateException("Not asked");
        }
        try {
            return found(asked.get(deadlineNanos - System.nanoTime(), TimeUnit.NANOSECONDS));
        } catch (TimeoutException e) {
            return bad("no answer in time");
        } catch (ExecutionException e) {
            log.atWarn()
                    .addKeyValue("check", check.name())
                    .setCause(e.getCause())
                    .log("a health check failed");
            return bad("the check failed, see the log");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return bad("interrupted");
        }
    }

    private Finding found(Answer answer) {
        Map<String, Object> figures = new LinkedHashMap<>(answer.response().details());
        // helidon-dbclient-health's own word
        Optional.ofNullable(figures.remove("ErrorMessage")).ifPresent(cause -> figures.put("cause", cause));
        figures.remove("ErrorClass");
        figures.put("millis", answer.millis());
        boolean up = answer.response().status() == HealthCheckResponse.Status.UP;
        return new Finding(check.name(), up ? State.UP : otherwise, figures);
    }

    private Finding bad(String cause) {
        return new Finding(check.name(), otherwise, Map.of("cause", cause));
    }
}
