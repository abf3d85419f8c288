package io.gatehouse.db;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
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
        private boolean over;
        private boolean cut;

        private Watch(Connection connection, long deadline) {
            this.connection = connection;
            this.deadline = deadline;
        }

        /** From here on the connection is not cut any more; one that is being cut is cut to the end. */
        @Override
        public synchronized void close() {
            over = true;
            watched.remove(this);
            if (cut) {
                discard();
            }
        }

        /** On a thread of its own: a connection with TLS says good-bye, and may have to wait to say it. */
        private void cutIfLate(long now) {
            if (deadline - now <= 0 && watched.remove(this)) {
                Thread.ofVirtual().name("database-cut").start(this::cut);
            }
        }

        private synchronized void cut() {
            if (over) {
                return;
            }
            cut = true;
            try {
                connection.abort(Runnable::run);
            } catch (SQLException e) {
                log.debug("a connection past its deadline cannot be cut", e);
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
                cutLate(System.nanoTime());
            }
        } catch (InterruptedException e) {
            // Closed.
        }
    }

    /** Whatever fails for one connection, the others go on being watched. */
    private void cutLate(long now) {
        try {
            watched.forEach(watch -> watch.cutIfLate(now));
        } catch (RuntimeException | Error e) {
            log.atError().setCause(e).log("connections past their deadline could not be cut");
        }
    }
}
