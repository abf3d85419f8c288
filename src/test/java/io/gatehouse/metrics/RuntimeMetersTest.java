package io.gatehouse.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class RuntimeMetersTest {

    private final MeterRegistry meters = new SimpleMeterRegistry();

    @Test
    @EnabledOnOs(OS.LINUX)
    void memoryAndFilesAreThoseOfThisProcess() {
        try (RuntimeMeters _ = new RuntimeMeters(meters)) {
            Runtime heap = Runtime.getRuntime();
            assertThat(gauge("process.resident.memory"))
                    .isGreaterThan((heap.totalMemory() - heap.freeMemory()) / 2.0)
                    .isLessThan(1L << 36);
            assertThat(gauge("process.open.fds")).isPositive().isLessThan(gauge("process.max.fds"));
        }
    }

    /** The JDK's -1 would be drawn as a load, and pull averages down. */
    @Test
    void whatNobodyKnowsIsNoNumber() {
        assertThat(RuntimeMeters.known(-1)).isNaN();
        assertThat(RuntimeMeters.known(0.25)).isEqualTo(0.25);
    }

    private double gauge(String name) {
        return meters.get(name).gauge().value();
    }
}
