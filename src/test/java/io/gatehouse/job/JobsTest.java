package io.gatehouse.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.support.LogCapture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class JobsTest {

    private static final String EVERY_SECOND = "* * * * * ?";

    @Test
    void jobsRunOnVirtualThreadsAndAFailureDoesNotStopThem() throws Exception {
        CountDownLatch runs = new CountDownLatch(2);
        AtomicBoolean virtual = new AtomicBoolean();
        try (LogCapture log = LogCapture.info();
                Jobs jobs = new Jobs()) {
            jobs.add("failing", EVERY_SECOND, () -> {
                virtual.set(Thread.currentThread().isVirtual());
                runs.countDown();
                throw new IllegalStateException("boom");
            });
            assertThat(runs.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(log.lines()).anyMatch(line -> line.contains("\"job\":\"failing\"") && line.contains("boom"));
        }
        assertThat(virtual).isTrue();
    }

    @Test
    void aSlowJobNeverOverlapsItself() throws Exception {
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch runs = new CountDownLatch(2);
        try (Jobs jobs = new Jobs()) {
            jobs.add("slow", EVERY_SECOND, () -> {
                most.accumulateAndGet(running.incrementAndGet(), Math::max);
                try {
                    TimeUnit.MILLISECONDS.sleep(1500);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                running.decrementAndGet();
                runs.countDown();
            });
            assertThat(runs.await(15, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(most).hasValue(1);
    }

    @Test
    void systemLoadIsOneLine() {
        try (LogCapture log = LogCapture.info()) {
            new SystemLoad().run();

            assertThat(log.lines())
                    .filteredOn(line -> line.contains("SystemLoad"))
                    .singleElement()
                    .asString()
                    .contains(
                            "\"context\":\"SystemLoad\"",
                            "\"cpu\":",
                            "\"memoryFree\":",
                            "\"heapUsed\":",
                            "\"msg\":\"system load\"");
        }
    }
}
