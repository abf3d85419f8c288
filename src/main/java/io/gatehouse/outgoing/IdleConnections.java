package io.gatehouse.outgoing;

import io.gatehouse.outgoing.Watch.Guard;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Optional;

/**
 * Connections that wait for another call, a few and not for long: a name may have moved meanwhile. The oldest gives
 * way. Thread-safe.
 */
final class IdleConnections implements AutoCloseable {

    private static final Duration LIFE = Duration.ofSeconds(10);

    private final int most;
    private final Watch watch;
    private final Deque<Idle> waiting = new ArrayDeque<>();
    private boolean closed;

    private record Idle(Connection connection, Guard guard) {}

    IdleConnections(int most, Watch watch) {
        this.most = most;
        this.watch = watch;
    }

    /** The one that has waited for the shortest time, out of here. */
    synchronized Optional<Connection> take(String origin) {
        for (Iterator<Idle> idle = waiting.descendingIterator(); idle.hasNext(); ) {
            Idle next = idle.next();
            if (next.connection().origin().equals(origin)) {
                idle.remove();
                next.guard().close();
                return next.connection().isConnected() ? Optional.of(next.connection()) : Optional.empty();
            }
        }
        return Optional.empty();
    }

    /** Keeps it for a while. */
    synchronized void give(Connection connection) {
        if (closed) {
            connection.cut();
            return;
        }
        if (waiting.size() >= most) {
            drop(waiting.removeFirst());
        }
        waiting.addLast(new Idle(connection, watch.guard(Deadline.in(LIFE), () -> expire(connection))));
    }

    private synchronized void expire(Connection connection) {
        // Unless it was taken a moment before.
        if (waiting.removeIf(idle -> idle.connection() == connection)) {
            connection.cut();
        }
    }

    private static void drop(Idle idle) {
        idle.guard().close();
        idle.connection().cut();
    }

    @Override
    public synchronized void close() {
        closed = true;
        waiting.forEach(IdleConnections::drop);
        waiting.clear();
    }
}
