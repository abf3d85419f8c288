package io.gatehouse.crypto;

import de.mkammerer.argon2.Argon2Advanced;
import de.mkammerer.argon2.Argon2Factory;
import de.mkammerer.argon2.Argon2Factory.Argon2Types;
import de.mkammerer.argon2.Argon2Version;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Argon2 through libargon2: makes argon2id, salt 16 bytes, hash 32 bytes, as node argon2 0.44 does; verifies argon2i,
 * d and id of both versions. Blocks for the whole computation; see {@link HashPool} for the pool around it.
 * Thread-safe.
 */
final class Argon2Hasher {

    private static final int SALT_BYTES = 16;
    private static final int HASH_BYTES = 32;

    private final HashParameters parameters;
    private final Peppers peppers;
    private final SecureRandom random = new SecureRandom();
    private final Map<PasswordHash.Type, Argon2Advanced> libraries = new EnumMap<>(Map.of(
            PasswordHash.Type.ID, Argon2Factory.createAdvanced(Argon2Types.ARGON2id, SALT_BYTES, HASH_BYTES),
            PasswordHash.Type.I, Argon2Factory.createAdvanced(Argon2Types.ARGON2i),
            PasswordHash.Type.D, Argon2Factory.createAdvanced(Argon2Types.ARGON2d)));

    Argon2Hasher(HashParameters parameters, Peppers peppers) {
        this.parameters = parameters;
        this.peppers = peppers;
    }

    /** A new hash of the password. */
    PasswordHash hash(byte[] password) {
        byte[] peppered = peppers.apply(peppers.current(), password);
        try {
            String made = library(PasswordHash.Type.ID)
                    .hash(parameters.iterations(), parameters.memoryKib(), parameters.parallelism(), peppered);
            return PasswordHash.parse(made).orElseThrow().withPepper(peppers.current());
        } finally {
            Arrays.fill(peppered, (byte) 0);
        }
    }

    /**
     * Whether the password made the hash; its pepper must be among ours. Not by the library's own verification, which
     * answers "no" when it got no memory or no thread: that would lock people out of a machine that is short of either.
     *
     * @throws IllegalStateException when it cannot be said
     */
    boolean verify(PasswordHash hash, byte[] password) {
        byte[] peppered = peppers.apply(hash.pepper(), password);
        byte[] computed = new byte[0];
        try {
            computed = compute(hash, peppered);
            return MessageDigest.isEqual(computed, hash.hash());
        } finally {
            Arrays.fill(peppered, (byte) 0);
            Arrays.fill(computed, (byte) 0);
        }
    }

    private byte[] compute(PasswordHash hash, byte[] password) {
        Argon2Version version = hash.version() == PasswordHash.VERSION_10 ? Argon2Version.V10 : Argon2Version.V13;
        Argon2Advanced library = library(hash.type());
        int length = hash.hash().length;
        if (hash.data().length == 0) {
            return library.hashAdvanced(
                            hash.iterations(),
                            hash.memoryKib(),
                            hash.parallelism(),
                            password,
                            hash.salt(),
                            length,
                            version)
                    .getRaw();
        }
        // JNA has no memory of no bytes, so nobody with associated data may have an empty password.
        return password.length == 0
                ? new byte[0]
                : library.rawHashAdvanced(
                        hash.iterations(),
                        hash.memoryKib(),
                        hash.parallelism(),
                        password,
                        hash.salt(),
                        null,
                        hash.data(),
                        length,
                        version);
    }

    /** A hash that costs what others cost, and that no password has. */
    PasswordHash decoy() {
        byte[] salt = new byte[SALT_BYTES];
        byte[] hash = new byte[HASH_BYTES];
        random.nextBytes(salt);
        random.nextBytes(hash);
        return new PasswordHash(
                PasswordHash.Type.ID,
                PasswordHash.VERSION_13,
                parameters.memoryKib(),
                parameters.iterations(),
                parameters.parallelism(),
                peppers.current(),
                new byte[0],
                salt,
                hash);
    }

    private Argon2Advanced library(PasswordHash.Type type) {
        return Objects.requireNonNull(libraries.get(type));
    }

    /** Whether a new hash would be made in another way. */
    boolean outdated(PasswordHash hash) {
        return hash.differs(parameters, peppers.current());
    }

    /** The name of a pepper that the hash needs and we do not have. */
    Optional<String> missingPepper(PasswordHash hash) {
        return hash.pepper().filter(id -> !peppers.has(id));
    }
}
