package io.gatehouse;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Holds a served process between its start and Ctrl-C or SIGTERM. The signal lets the serving thread close everything
 * in order; the process ends with code 0 when that went well, not with the signal's. Thread-safe.
 */
final class Lifetime implements AutoCloseable {

    /** What operators are promised. Past it the process ends all the same; stores left behind are taken over. */
    private static final long PATIENCE_SECONDS = 15;

    private final CountDownLatch signalled = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile int exitCode = 1;

    Lifetime() {
        Runtime.getRuntime()
                .addShutdownHook(Thread.ofPlatform().name("shutdown").unstarted(this::endInOrder));
    }

    /** Blocks until the process is told to stop. */
    void awaitSignal() {
        try {
            signalled.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether the process was told to stop: what is not yet started need not be. */
    boolean ending() {
        return signalled.getCount() == 0;
    }

    /** Everything was served and closed in order. */
    void succeeded() {
        exitCode = 0;
    }

    @Override
    public void close() {
        closed.countDown();
    }

    private void endInOrder() {
        signalled.countDown();
        try {
            if (!closed.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                exitCode = 1;
            }
        } catch (InterruptedException e) {
            exitCode = 1;
        }
        Runtime.getRuntime().halt(exitCode);
    }
}
