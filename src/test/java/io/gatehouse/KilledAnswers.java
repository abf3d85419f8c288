package io.gatehouse;

import io.gatehouse.KilledAccount.Held;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** What the clients of a killed service were told, and what of it cannot be. Thread-safe. */
final class KilledAnswers {

    private static final int MOST_SHOWN = 20;

    private final Map<String, String> ids = new ConcurrentHashMap<>();
    private final List<Held> sessions = new ArrayList<>();
    private final AtomicInteger revocations = new AtomicInteger();
    private final AtomicInteger unanswered = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private final List<String> wrong = new ArrayList<>();

    /** An id, the first time that it is told. */
    void told(String id, String whose) {
        String other = ids.putIfAbsent(id, whose);
        if (other != null) {
            wrong("id " + id + " was given to " + other + " and to " + whose);
        }
    }

    void signedIn(Held session) {
        synchronized (sessions) {
            sessions.add(session);
        }
    }

    void revoked() {
        revocations.incrementAndGet();
    }

    /** No answer (0) and 503 decide nothing. */
    void unlessUndecided(int status, String what) {
        if (status == 0) {
            unanswered.incrementAndGet();
        } else if (status == 503) {
            refused.incrementAndGet();
        } else {
            wrong(what + ": " + status);
        }
    }

    void wrong(String what) {
        synchronized (wrong) {
            if (wrong.size() < MOST_SHOWN) {
                wrong.add(what);
            }
        }
    }

    /** All that were ever signed in, the earliest first. */
    List<Held> sessions() {
        synchronized (sessions) {
            return List.copyOf(sessions);
        }
    }

    /** Every id that was told, once. */
    List<String> ids() {
        return List.copyOf(ids.keySet());
    }

    List<String> wrong() {
        synchronized (wrong) {
            return List.copyOf(wrong);
        }
    }

    @Override
    public String toString() {
        return "%d sessions held, %d ids told, %d revocations, %d requests without an answer, %d answered 503"
                .formatted(sessions().size(), ids.size(), revocations.get(), unanswered.get(), refused.get());
    }
}
