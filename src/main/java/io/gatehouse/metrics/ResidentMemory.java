package io.gatehouse.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Memory of this process that stands in RAM, native memory included: what a container's limit counts. Linux tells it in
 * {@code /proc/self/status} (proc_pid_status(5)); elsewhere there is none. Not from {@code statm}, which counts in pages,
 * whose size Java does not tell. Stateless.
 */
final class ResidentMemory {

    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Pattern RESIDENT = Pattern.compile("(?m)^VmRSS:\\s+(\\d+) kB$");

    private ResidentMemory() {}

    /** In the name that Prometheus' own client libraries have for it; absent where it cannot be known. */
    static void bindTo(MeterRegistry meters) {
        if (Files.isReadable(STATUS)) {
            Gauge.builder("process.resident.memory", ResidentMemory::bytes)
                    .baseUnit("bytes")
                    .description("Memory of the process that stands in RAM")
                    .register(meters);
        }
    }

    private static double bytes() {
        try {
            return RESIDENT.matcher(Files.readString(STATUS))
                    .results()
                    .mapToDouble(ResidentMemory::bytes)
                    .findFirst()
                    .orElse(Double.NaN);
        } catch (IOException e) {
            return Double.NaN;
        }
    }

    private static double bytes(MatchResult kibibytes) {
        return Long.parseLong(kibibytes.group(1)) * 1024.0;
    }
}
