package io.gatehouse.session;

import io.gatehouse.db.DatabaseUnavailableException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Look-ups of one session at the same time share one query: those that come while it runs share the next one. None
 * joins a query that has begun, because what changed since would escape it. Bounded by the requests in flight.
 * Thread-safe.
 */
final class SharedLookups {

    private final Map<String, Line> lines = new ConcurrentHashMap<>();
    private final long timeoutMillis;

    SharedLookups(long timeoutMillis) {
        this.timeoutMillis = timeoutMillis;
    }

    /** Of one session: the query that runs, and the one that will. */
    private static final class Line {
        private @Nullable Lookup running;
        private @Nullable Lookup next;
    }

    private static final class Lookup {
        private final CompletableFuture<Optional<Session>> result = new CompletableFuture<>();
        private @Nullable Lookup before;

        private Lookup(@Nullable Lookup before) {
            this.before = before;
        }
    }

    /**
     * The outcome of a query that began after this call did.
     *
     * @throws DatabaseUnavailableException when it failed, or was not over in time
     */
    Optional<Session> find(String key, Supplier<Optional<Session>> query) {
        Lookup[] mine = new Lookup[1];
        boolean[] leads = new boolean[1];
        lines.compute(key, (it, present) -> {
            Line line = present == null ? new Line() : present;
            if (line.next == null) {
                line.next = new Lookup(line.running);
                leads[0] = true;
            }
            mine[0] = line.next;
            return line;
        });
        if (leads[0]) {
            run(key, mine[0], query);
        }
        return await(mine[0], timeoutMillis);
    }

    private void run(String key, Lookup lookup, Supplier<Optional<Session>> query) {
        try {
            awaitTurn(lookup, key);
            Optional<Session> found = query.get();
            finish(key);
            lookup.result.complete(found);
        } catch (RuntimeException | Error e) {
            finish(key);
            lookup.result.completeExceptionally(e);
        }
    }

    /** What keeps the query before from an answer would keep this one, too: then it is not even begun. */
    private void awaitTurn(Lookup lookup, String key) {
        try {
            if (lookup.before != null) {
                await(lookup.before, timeoutMillis / 2);
            }
        } finally {
            // Else each look-up would keep all that were before it in memory.
            lookup.before = null;
            begin(key);
        }
    }

    private void begin(String key) {
        lines.computeIfPresent(key, (it, line) -> {
            line.running = line.next;
            line.next = null;
            return line;
        });
    }

    private void finish(String key) {
        lines.computeIfPresent(key, (it, line) -> {
            line.running = null;
            return line.next == null ? null : line;
        });
    }

    private static Optional<Session> await(Lookup lookup, long millis) {
        try {
            return lookup.result.get(millis, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof DatabaseUnavailableException unavailable) {
                throw unavailable;
            }
            throw new IllegalStateException(e.getCause());
        } catch (TimeoutException e) {
            throw new DatabaseUnavailableException("Another look-up of this session is not over yet", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DatabaseUnavailableException("Interrupted while another looked this session up", e);
        }
    }
}
