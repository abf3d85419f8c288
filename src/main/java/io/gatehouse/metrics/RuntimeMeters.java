package io.gatehouse.metrics;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.UnixOperatingSystemMXBean;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.convention.otel.OpenTelemetryJvmMemoryMeterConventions;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.function.Supplier;

/**
 * What the JVM and the system tell of this process, in OpenTelemetry's names as far as it has any. To be made before
 * anything else is counted. Thread-safe.
 */
public final class RuntimeMeters implements AutoCloseable {

    private static final String PAUSE = "jvm.gc.pause";

    private final OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final JvmGcMetrics collections = new JvmGcMetrics();

    public RuntimeMeters(MeterRegistry meters) {
        rename(meters);
        new JvmMemoryMetrics(Tags.empty(), new OpenTelemetryJvmMemoryMeterConventions(Tags.empty())).bindTo(meters);
        new UptimeMetrics().bindTo(meters);
        collections.bindTo(meters);
        bindProcessors(meters);
        bindThreads(meters);
        bindFiles(meters);
        ResidentMemory.bindTo(meters);
    }

    /** Where Micrometer has names of its own. */
    private static void rename(MeterRegistry meters) {
        meters.config()
                // Of collectors other than the one that the service runs with.
                .meterFilter(MeterFilter.denyNameStartsWith("jvm.gc.concurrent"))
                .meterFilter(MeterFilter.denyNameStartsWith("jvm.buffer.count"))
                .meterFilter(MeterFilter.denyNameStartsWith("jvm.buffer.total"))
                .meterFilter(MeterFilter.renameTag("jvm.buffer", "id", "jvm.buffer.pool.name"))
                .meterFilter(MeterFilter.renameTag(PAUSE, "gc", "jvm.gc.name"))
                .meterFilter(MeterFilter.renameTag(PAUSE, "action", "jvm.gc.action"))
                .meterFilter(MeterFilter.renameTag(PAUSE, "cause", "jvm.gc.cause"))
                .meterFilter(new MeterFilter() {
                    @Override
                    public Meter.Id map(Meter.Id id) {
                        return id.getName().equals(PAUSE) ? id.withName("jvm.gc.duration") : id;
                    }
                });
    }

    private void bindProcessors(MeterRegistry meters) {
        FunctionCounter.builder("jvm.cpu.time", system, it -> it.getProcessCpuTime() / 1e9)
                .baseUnit("seconds")
                .description("Processor time that the process has used")
                .register(meters);
        Gauge.builder("jvm.cpu.count", () -> Runtime.getRuntime().availableProcessors())
                .description("Processors that the process may use")
                .register(meters);
        Gauge.builder("jvm.cpu.recent_utilization", () -> known(system.getProcessCpuLoad()))
                .description("Share of all processors that the process uses; NaN while nobody knows")
                .register(meters);
        Gauge.builder("system.cpu.utilization", () -> known(system.getCpuLoad()))
                .description("Share of all processors that is in use; NaN while nobody knows")
                .register(meters);
    }

    /** The JDK says what it does not know with a negative number, which would spoil each average. */
    static double known(double share) {
        return share < 0 ? Double.NaN : share;
    }

    /** In the names that Prometheus' own client libraries have for them. */
    private void bindFiles(MeterRegistry meters) {
        if (system instanceof UnixOperatingSystemMXBean unix) {
            Gauge.builder("process.open.fds", unix::getOpenFileDescriptorCount)
                    .description("Open file descriptors")
                    .register(meters);
            Gauge.builder("process.max.fds", unix::getMaxFileDescriptorCount)
                    .description("File descriptors that may be open at most")
                    .register(meters);
        }
    }

    private void bindThreads(MeterRegistry meters) {
        threads("true", threads::getDaemonThreadCount, meters);
        threads("false", () -> threads.getThreadCount() - threads.getDaemonThreadCount(), meters);
    }

    private static void threads(String daemon, Supplier<Number> count, MeterRegistry meters) {
        Gauge.builder("jvm.thread.count", count)
                .description("Platform threads")
                .tag("jvm.thread.daemon", daemon)
                .register(meters);
    }

    /** Listens to collections of garbage no more. */
    @Override
    public void close() {
        collections.close();
    }
}
