package io.gatehouse.session;

import io.gatehouse.db.Database;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * Collects when sessions were seen and writes it back in batches, so that a request costs no write. Bounded: past the
 * bound a session is written later, at one of its next requests. Thread-safe.
 */
final class LastSeen {

    private static final int MOST_WAITING = 100_000;

    /** One statement's worth: short enough to hold no lock for long. */
    private static final int BATCH = 500;

    private final Map<Long, Instant> waiting = new ConcurrentHashMap<>();

    void note(Session session) {
        if (waiting.size() < MOST_WAITING || waiting.containsKey(session.id())) {
            waiting.put(session.id(), session.lastSeenAt());
        }
    }

    /** Writes back everything that waits; what could not be written goes on waiting. */
    void flush(Database database) {
        List<Map.Entry<Long, Instant>> entries = new ArrayList<>(waiting.entrySet());
        for (int from = 0; from < entries.size(); from += BATCH) {
            Map<Long, Instant> batch = entries.subList(from, Math.min(from + BATCH, entries.size())).stream()
                    .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
            database.tx(sql -> {
                new SessionStore(sql).touch(batch);
                return batch.size();
            });
            // A later note that came meanwhile stays.
            batch.forEach(waiting::remove);
        }
    }
}
