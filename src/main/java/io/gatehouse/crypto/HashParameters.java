package io.gatehouse.crypto;

/**
 * Cost of an argon2id hash.
 *
 * @param memoryKib memory of one hash, KiB
 * @param iterations passes over the memory
 * @param parallelism lanes; libargon2 starts one thread for each
 */
public record HashParameters(int memoryKib, int iterations, int parallelism) {

    /** How a hash of this cost begins in the PHC string format, in the order of node argon2 0.44. */
    String prefix() {
        return "$argon2id$v=19$m=%d,t=%d,p=%d$".formatted(memoryKib, iterations, parallelism);
    }
}
