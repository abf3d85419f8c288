package io.gatehouse.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.support.Await;
import java.lang.management.ManagementFactory;
import java.time.Duration;

/**
 * What the process holds.
 *
 * @param threads of the platform; virtual ones are memory
 * @param heap bytes in use after garbage collection
 */
record Footprint(int threads, long heap) {

    private static final int COLLECTIONS = 3;
    private static final int MOST_MORE_THREADS = 10;
    private static final long MOST_MORE_HEAP = 30L << 20;

    static Footprint now() {
        for (int i = 0; i < COLLECTIONS; i++) {
            System.gc();
            Await.pause(Duration.ofMillis(100));
        }
        return new Footprint(
                ManagementFactory.getThreadMXBean().getThreadCount(),
                ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
    }

    void staysFlatUntil(Footprint later) {
        System.out.printf(
                "footprint: %d platform threads, then %d; heap after GC %d KiB, then %d KiB%n",
                threads, later.threads, heap >> 10, later.heap >> 10);
        assertThat(later.threads - threads).as("more platform threads").isLessThan(MOST_MORE_THREADS);
        assertThat(later.heap - heap).as("more heap after GC").isLessThan(MOST_MORE_HEAP);
    }
}
