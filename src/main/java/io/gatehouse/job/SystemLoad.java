package io.gatehouse.job;

import com.sun.management.OperatingSystemMXBean;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.lang.management.ManagementFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The line about processor and memory that operators of the Node service know, and about what requests queue for. Memory
 * in MiB, load in percent. Thread-safe.
 */
public final class SystemLoad implements Work {

    private static final Logger log = LoggerFactory.getLogger(SystemLoad.class);
    private static final long MIB = 1 << 20;

    private static final String CONNECTIONS = "db.client.connection.count";
    private static final String STATE = "db.client.connection.state";

    private final MeterRegistry meters;
    private final OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    /** @param meters where the pool and the hasher of this process tell their figures */
    public SystemLoad(MeterRegistry meters) {
        this.meters = meters;
    }

    @Override
    public long run(JobRun run) {
        write();
        return 0;
    }

    void write() {
        Runtime runtime = Runtime.getRuntime();
        log.atInfo()
                .addKeyValue("cpu", percent(system.getCpuLoad()))
                .addKeyValue("processCpu", percent(system.getProcessCpuLoad()))
                .addKeyValue("memoryTotal", system.getTotalMemorySize() / MIB)
                .addKeyValue("memoryFree", system.getFreeMemorySize() / MIB)
                .addKeyValue("heapUsed", (runtime.totalMemory() - runtime.freeMemory()) / MIB)
                .addKeyValue("heapMax", runtime.maxMemory() / MIB)
                .addKeyValue("threads", ManagementFactory.getThreadMXBean().getThreadCount())
                .addKeyValue("poolUsed", figure(CONNECTIONS, STATE, "used"))
                .addKeyValue("poolIdle", figure(CONNECTIONS, STATE, "idle"))
                .addKeyValue("poolWaiting", figure("db.client.connection.pending_requests"))
                .addKeyValue("hashesRunning", figure("gatehouse.password.hashes.running"))
                .addKeyValue("hashesWaiting", figure("gatehouse.password.hashes.queued"))
                .log("system load");
    }

    /** Of all gauges of that name together: that of leases is a pool, too. */
    private long figure(String name, String... tags) {
        return Math.round(meters.find(name).tags(tags).gauges().stream()
                .mapToDouble(Gauge::value)
                .sum());
    }

    /** Negative, while the system does not know yet, counts as nothing. */
    private static long percent(double load) {
        return Math.round(Math.max(0, load) * 100);
    }
}
