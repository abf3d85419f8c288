package io.gatehouse.crypto;

import de.mkammerer.argon2.Argon2;
import de.mkammerer.argon2.Argon2Factory;
import de.mkammerer.argon2.Argon2Factory.Argon2Types;
import java.util.Optional;

/**
 * Argon2 through libargon2, in the PHC strings of node argon2 0.44: salt 16 bytes, hash 32 bytes. Makes argon2id,
 * verifies argon2i, d and id. Blocks for the whole computation; see {@link PasswordHasher} for the pool around it.
 * Thread-safe.
 */
final class Argon2Hasher {

    private static final int SALT_BYTES = 16;
    private static final int HASH_BYTES = 32;

    private final HashParameters parameters;
    private final Argon2 argon2id = Argon2Factory.create(Argon2Types.ARGON2id, SALT_BYTES, HASH_BYTES);
    private final Argon2 argon2i = Argon2Factory.create(Argon2Types.ARGON2i, SALT_BYTES, HASH_BYTES);
    private final Argon2 argon2d = Argon2Factory.create(Argon2Types.ARGON2d, SALT_BYTES, HASH_BYTES);

    Argon2Hasher(HashParameters parameters) {
        this.parameters = parameters;
    }

    String hash(byte[] password) {
        return argon2id.hash(parameters.iterations(), parameters.memoryKib(), parameters.parallelism(), password);
    }

    /** Whether the password made the hash; anything that is no argon2 hash is a no. */
    boolean verify(String hash, byte[] password) {
        return libraryFor(hash).map(library -> library.verify(hash, password)).orElse(false);
    }

    /** Whether the hash has another type, version or cost than new ones get. */
    boolean outdated(String hash) {
        return !hash.startsWith(parameters.prefix());
    }

    private Optional<Argon2> libraryFor(String hash) {
        if (hash.startsWith("$argon2id$")) {
            return Optional.of(argon2id);
        }
        if (hash.startsWith("$argon2i$")) {
            return Optional.of(argon2i);
        }
        return hash.startsWith("$argon2d$") ? Optional.of(argon2d) : Optional.empty();
    }
}
