package io.gatehouse.embedded;

import java.io.IOException;
import java.time.Duration;

/** Polls for what has no event to wait for: another process's files, locks and exit. */
final class Waiting {
    // Short against a start (100 ms and more), long against the cost of a look (well under 1 ms).
    private static final int PAUSE_MILLIS = 10;

    /** Something to come true. */
    @FunctionalInterface
    interface Condition {
        boolean holds() throws IOException;
    }

    private Waiting() {}

    /** Looks at once and then again and again; false when the limit passed without success. */
    static boolean until(Duration limit, Condition condition) throws IOException {
        long start = System.nanoTime();
        while (!condition.holds()) {
            if (System.nanoTime() - start > limit.toNanos()) {
                return false;
            }
            pause();
        }
        return true;
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EmbeddedStoreException("Interrupted while waiting for an embedded store", e);
        }
    }
}
