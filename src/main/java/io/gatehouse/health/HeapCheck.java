package io.gatehouse.health;

import io.helidon.health.HealthCheck;
import io.helidon.health.HealthCheckResponse;
import io.helidon.health.HealthCheckType;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.List;

/**
 * Whether the heap leaves room: what the last collections could not free, of what there may be at most.
 *
 * @param pools of the heap that tell what a collection left
 * @param mostBytes of the heap
 */
public record HeapCheck(List<MemoryPoolMXBean> pools, long mostBytes) implements HealthCheck {

    /** With less room the collector is busier than the service. */
    private static final long MOST_PERCENT = 90;

    /** Of this process. */
    public static HeapCheck ofThisProcess() {
        List<MemoryPoolMXBean> pools = ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP && pool.getCollectionUsage() != null)
                .toList();
        return new HeapCheck(pools, Runtime.getRuntime().maxMemory());
    }

    @Override
    public String name() {
        return "heap";
    }

    @Override
    public HealthCheckType type() {
        return HealthCheckType.READINESS;
    }

    @Override
    public HealthCheckResponse call() {
        long kept = pools.stream()
                .mapToLong(pool -> pool.getCollectionUsage().getUsed())
                .sum();
        return HealthCheckResponse.builder()
                .status(kept <= mostBytes / 100 * MOST_PERCENT)
                .detail("keptBytes", kept)
                .detail("mostBytes", mostBytes)
                .build();
    }
}
