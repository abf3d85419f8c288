package io.gatehouse.health;

import io.helidon.health.HealthCheck;
import io.helidon.health.HealthCheckResponse;
import io.helidon.health.HealthCheckType;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.util.Comparator;

/**
 * Whether the heap leaves room: what the last collection could not free of the old generation, of what that can hold at
 * most. The young one is left out: it is empty after a collection, so that a heap would never seem full.
 *
 * @param old the old generation
 * @param mostPercent of it; with less room the collector is busier than the service
 */
public record HeapCheck(MemoryPoolMXBean old, long mostPercent) implements HealthCheck {

    /** Of this process, with the bound of the alert GatehouseHeapFull: 90 %. */
    public static HeapCheck ofThisProcess() {
        MemoryPoolMXBean old = ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP && pool.getCollectionUsage() != null)
                .max(Comparator.comparing(HeapCheck::isOld))
                .orElseThrow();
        return new HeapCheck(old, 90);
    }

    /** By the names of the JDK's collectors; one without generations has one pool for all. */
    private static boolean isOld(MemoryPoolMXBean pool) {
        return pool.getName().contains("Tenured") || pool.getName().contains("Old");
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
        MemoryUsage kept = old.getCollectionUsage();
        return HealthCheckResponse.builder()
                .status(kept.getUsed() <= kept.getMax() / 100 * mostPercent)
                .detail("keptBytes", kept.getUsed())
                .detail("mostBytes", kept.getMax())
                .build();
    }
}
