package io.gatehouse.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What a process has used, by Linux's proc file system (proc(5)).
 *
 * @param cpuSeconds user and system time, all threads
 * @param childCpuSeconds the same of its children that have ended and been waited for
 */
record Usage(double cpuSeconds, double childCpuSeconds) {

    /** USER_HZ, which is 100 on every Linux that Java runs on. */
    private static final double TICKS_PER_SECOND = 100;

    static Usage of(long pid) {
        String stat = read(pid, "stat");
        // The name of the program, in parentheses, may hold blanks.
        List<String> fields =
                List.of(stat.substring(stat.lastIndexOf(')') + 2).strip().split(" ", -1));
        return new Usage(ticks(fields, 11) + ticks(fields, 12), ticks(fields, 13) + ticks(fields, 14));
    }

    static Usage ofThisProcess() {
        return of(ProcessHandle.current().pid());
    }

    /** Memory in RAM now, MB (10^6 bytes). */
    static double residentMegabytes(long pid) {
        return kibibytes(pid, "VmRSS:");
    }

    /** Memory in RAM at most since the process began, MB (10^6 bytes). */
    static double peakMegabytes(long pid) {
        return kibibytes(pid, "VmHWM:");
    }

    private static double kibibytes(long pid, String name) {
        return read(pid, "status")
                        .lines()
                        .filter(line -> line.startsWith(name))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                        .sum()
                * 1024
                / 1e6;
    }

    private static double ticks(List<String> fields, int index) {
        return Long.parseLong(fields.get(index)) / TICKS_PER_SECOND;
    }

    private static String read(long pid, String file) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid), file));
        } catch (IOException e) {
            throw new UncheckedIOException("The benchmarks need Linux and a process that lives: " + pid, e);
        }
    }
}
