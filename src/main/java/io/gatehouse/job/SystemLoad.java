package io.gatehouse.job;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The line about processor and memory that operators of the Node service know. Memory in MiB, load in percent. */
public final class SystemLoad implements Work {

    private static final Logger log = LoggerFactory.getLogger(SystemLoad.class);
    private static final long MIB = 1 << 20;

    private final OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

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
                .log("system load");
    }

    /** Negative, while the system does not know yet, counts as nothing. */
    private static long percent(double load) {
        return Math.round(Math.max(0, load) * 100);
    }
}
