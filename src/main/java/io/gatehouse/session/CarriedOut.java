package io.gatehouse.session;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which of the rows that are kept for other replicas this one has carried out in its own Redis. Remembers each by
 * itself, not the highest: ids are given before transactions commit, so a lower one may appear after a higher one.
 * Bounded by the rows of the last while, after which they have gone. Thread-safe.
 */
final class CarriedOut {

    private final Map<Long, Long> times = new ConcurrentHashMap<>();
    private final Duration remembered;

    /** @param remembered longer than a row stays once it has been carried out; else it is carried out again */
    CarriedOut(Duration remembered) {
        this.remembered = remembered;
    }

    boolean contains(long id) {
        return times.containsKey(id);
    }

    List<Invalidation> missingOf(List<Invalidation> rows) {
        return rows.stream().filter(row -> !contains(row.id())).toList();
    }

    /** Remembers rows, but for those that may go now: after a long outage there may be many of them. */
    void add(List<Invalidation> rows) {
        long now = System.nanoTime();
        rows.stream().filter(row -> !row.known()).forEach(row -> times.put(row.id(), now));
    }

    void forgetOld() {
        long now = System.nanoTime();
        times.values().removeIf(time -> now - time > remembered.toNanos());
    }
}
