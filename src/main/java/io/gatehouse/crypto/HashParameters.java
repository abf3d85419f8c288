package io.gatehouse.crypto;

import java.util.List;

/**
 * Cost of an argon2id hash.
 *
 * @param memoryKib memory of one hash, KiB
 * @param iterations passes over the memory
 * @param parallelism lanes; libargon2 starts one thread for each
 */
public record HashParameters(int memoryKib, int iterations, int parallelism) {

    /** OWASP's Password Storage Cheat Sheet: five minima of equal strength, with one lane. */
    private static final List<HashParameters> OWASP_MINIMA = List.of(
            new HashParameters(47_104, 1, 1),
            new HashParameters(19_456, 2, 1),
            new HashParameters(12_288, 3, 1),
            new HashParameters(9_216, 4, 1),
            new HashParameters(7_168, 5, 1));

    private static final long KIB = 1024;

    /** Whether a hash costs at least as much as one of OWASP's minima. */
    public boolean strong() {
        return OWASP_MINIMA.stream().anyMatch(least -> memoryKib >= least.memoryKib && iterations >= least.iterations);
    }

    /**
     * How many hashes may run at once: libargon2 runs a thread for every lane, and each hash needs its memory.
     *
     * @param processors of the machine
     * @param memoryBytes that hashes may have altogether
     */
    public int permits(int processors, long memoryBytes) {
        long byMemory = memoryBytes / (memoryKib * KIB);
        return (int) Math.max(1, Math.min(Math.max(1, processors / parallelism), byMemory));
    }
}
