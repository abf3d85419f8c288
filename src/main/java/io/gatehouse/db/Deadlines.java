package io.gatehouse.db;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cuts connections whose work has not ended in time, whatever the server or the network do. One thread looks at all of
 * them; a socket with a time limit of its own would have every read of a virtual thread wake the JDK's one thread for
 * delays, twice. Thread-safe.
 */
final class Deadlines implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Deadlines.class);

    /** How late a connection may be cut. */
    private static final long TICK_MS = 20;

    private final Set<Watch> watched = ConcurrentHashMap.newKeySet();
    private final Thread watcher =
            Thread.ofPlatform().name("database-deadlines").daemon().unstarted(this::watchAll);

    Deadlines() {
        watcher.start();
    }

    /** Watches a connection until closed. */
    Watch watch(Connection connection, long deadline) {
        Watch watch = new Watch(connection, deadline);
        watched.add(watch);
        return watch;
    }

    /** A connection that is being used. Equal to itself only. */
    final class Watch implements AutoCloseable {

        private final Connection connection;
        private final long deadline;
        private final AtomicBoolean over = new AtomicBoolean();

        private Watch(Connection connection, long deadline) {
            this.connection = connection;
            this.deadline = deadline;
        }

        /** From here on the connection is not cut any more. */
        @Override
        public void close() {
            watched.remove(this);
            if (!over.compareAndSet(false, true)) {
                discard();
            }
        }

        private void cutIfLate(long now) {
            if (deadline - now <= 0 && over.compareAndSet(false, true)) {
                watched.remove(this);
                try {
                    connection.abort(Runnable::run);
                } catch (SQLException e) {
                    log.debug("a connection past its deadline cannot be cut", e);
                }
            }
        }

        /** A pool keeps a connection that was cut at its last moment, until a use of it fails. */
        private void discard() {
            try {
                connection.createStatement().close();
            } catch (SQLException e) {
                log.debug("a connection was cut at its deadline", e);
            }
        }
    }

    @Override
    public void close() {
        watcher.interrupt();
    }

    private void watchAll() {
        try {
            while (true) {
                TimeUnit.MILLISECONDS.sleep(TICK_MS);
                long now = System.nanoTime();
                watched.forEach(watch -> watch.cutIfLate(now));
            }
        } catch (InterruptedException e) {
            // Closed.
        }
    }
}
