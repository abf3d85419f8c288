package io.gatehouse.crypto;

import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes and verifies hashes of passwords, on a {@link HashPool}. Thread-safe. */
public final class PasswordHasher implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(PasswordHasher.class);

    private final Argon2Hasher argon2;
    private final HashPool pool;
    private final PasswordHash decoy;

    /**
     * @param parameters of new hashes
     * @param permits hashes at once
     * @param deadline longest wait for a hash to begin
     */
    public PasswordHasher(
            HashParameters parameters, Peppers peppers, int permits, Duration deadline, MeterRegistry meters) {
        this.argon2 = new Argon2Hasher(parameters, peppers);
        this.pool = new HashPool(permits, deadline, meters);
        this.decoy = argon2.decoy();
    }

    /** What a verification found. */
    public enum Verdict {
        WRONG,
        RIGHT,
        /** Right, but a new hash would be made in another way, or of another form of the password. */
        OUTDATED;

        /** Whether the password made the hash. */
        public boolean right() {
            return this != WRONG;
        }
    }

    /**
     * A new hash in the PHC string format.
     *
     * @throws HasherBusyException when the queue is full or the deadline passes
     */
    public String hash(String password) {
        return pool.run(() -> withBytes(password, argon2::hash)).text();
    }

    /**
     * A new hash in place of one that is outdated, which is no matter of this moment.
     *
     * @throws HasherBusyException when others wait for a hash
     */
    public String renew(String password) {
        return pool.runIfIdle(() -> withBytes(password, argon2::hash)).text();
    }

    /**
     * Whether one of the forms of a password made the hash.
     *
     * @param hash of the account, or null where there is no account: a decoy of the same cost is verified then, so
     *     that the time taken tells nothing. Whatever is no hash of ours is a no.
     * @param forms the one that new hashes are made of first; tried in order
     * @throws HasherBusyException when the queue is full or the deadline passes, and when it cannot be said, because
     *     there is no memory for it or the hash needs a pepper that is not there
     */
    public Verdict verify(@Nullable String hash, List<String> forms) {
        Optional<PasswordHash> known = hash == null ? Optional.empty() : PasswordHash.parse(hash);
        Optional<String> missing = known.flatMap(argon2::missingPepper);
        PasswordHash against = missing.isPresent() ? decoy : known.orElse(decoy);
        int match = pool.run(() -> firstMatch(against, forms));
        if (missing.isPresent()) {
            log.atError().addKeyValue("pepper", missing.get()).log("PASSWORD_PEPPERS lacks the pepper of a hash");
            throw pool.rejected();
        }
        if (match < 0 || known.isEmpty()) {
            return Verdict.WRONG;
        }
        return match > 0 || argon2.outdated(against) ? Verdict.OUTDATED : Verdict.RIGHT;
    }

    /** The figures of this moment. */
    public HashLoad load() {
        return pool.load();
    }

    @Override
    public void close() {
        pool.close();
    }

    private int firstMatch(PasswordHash hash, List<String> forms) {
        for (int i = 0; i < forms.size(); i++) {
            if (withBytes(forms.get(i), bytes -> argon2.verify(hash, bytes))) {
                return i;
            }
        }
        return -1;
    }

    /** Within the pool's work: made as late as possible, and wiped whether or not the caller still waits. */
    private static <T> T withBytes(String password, Function<byte[], T> work) {
        byte[] bytes = password.getBytes(StandardCharsets.UTF_8);
        try {
            return work.apply(bytes);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }
}
