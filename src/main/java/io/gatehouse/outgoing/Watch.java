package io.gatehouse.outgoing;

import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Cuts off what outlasts its deadline. A socket's own timeout begins anew with every byte, and there is none for
 * writing or for a TLS handshake as a whole; closing the socket ends them all. Thread-safe.
 */
final class Watch implements AutoCloseable {

    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("outgoing-watch").factory());

    Watch() {
        timer.setRemoveOnCancelPolicy(true);
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    /** Runs {@code cut} at the deadline unless closed before; {@code cut} must not block. */
    Guard guard(Deadline deadline, Runnable cut) {
        Future<?> alarm = timer.schedule(cut, deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
        return () -> alarm.cancel(false);
    }

    /** Stands between a deadline and what it would cut off. */
    @FunctionalInterface
    interface Guard extends AutoCloseable {
        @Override
        void close();
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
