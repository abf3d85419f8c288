package io.gatehouse.session;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What callers of one account's sessions may see, kept beside the real thing. Times are counts of begun and ended
 * calls, so that "before" means: one call had returned when the other was made. Thread-safe.
 */
final class RevocationModel {

    private final AtomicLong time = new AtomicLong();
    private final List<Change> changes = new ArrayList<>();
    private final List<String> violations = new ArrayList<>();

    /**
     * A change of one session (its end) or of the account (its name, a number that only rises).
     *
     * @param session empty for the account
     */
    record Change(Optional<String> session, int name, int replica, long begun, AtomicLong ended) {
        boolean endedBefore(long moment) {
            return ended.get() > 0 && ended.get() < moment;
        }
    }

    long tick() {
        return time.incrementAndGet();
    }

    synchronized Change beginEnd(String session, int replica) {
        return begin(new Change(Optional.of(session), 0, replica, tick(), new AtomicLong()));
    }

    synchronized Change beginName(int name, int replica) {
        return begin(new Change(Optional.empty(), name, replica, tick(), new AtomicLong()));
    }

    private Change begin(Change change) {
        changes.add(change);
        return change;
    }

    synchronized void done(Change change) {
        change.ended().set(tick());
    }

    /**
     * Holds a look-up against what was done.
     *
     * @param waiting whether, when it began, a row said that a copy has still to leave the Redis of this replica, and
     *     nobody had carried it out there: it may then answer from what another has changed
     * @param name of the account as the look-up told; empty where it found no session
     */
    synchronized void saw(String session, int replica, long begun, boolean waiting, Optional<Integer> name) {
        long now = tick();
        boolean lateElsewhere = waiting;
        boolean dead = changes.stream()
                .filter(change -> change.session().filter(session::equals).isPresent())
                .filter(change -> !(lateElsewhere && change.replica() != replica))
                .anyMatch(change -> change.endedBefore(begun));
        boolean mayBeDead = changes.stream()
                .anyMatch(change -> change.session().filter(session::equals).isPresent());
        if (name.isEmpty()) {
            if (!mayBeDead) {
                violations.add("lost: " + session + " on " + replica + " at " + now);
            }
            return;
        }
        if (dead) {
            violations.add("resurrected: " + session + " on " + replica + " at " + now);
        }
        int oldest = changes.stream()
                .filter(change -> change.session().isEmpty() && change.endedBefore(begun))
                .filter(change -> !(lateElsewhere && change.replica() != replica))
                .mapToInt(Change::name)
                .max()
                .orElse(0);
        if (name.get() < oldest) {
            violations.add("stale: " + session + " on " + replica + " tells " + name.get() + " of " + oldest);
        }
    }

    synchronized List<String> violations() {
        return List.copyOf(violations);
    }
}
