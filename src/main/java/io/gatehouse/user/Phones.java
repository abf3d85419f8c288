package io.gatehouse.user;

import io.gatehouse.crypto.BlindIndex;
import io.gatehouse.crypto.CannotOpenException;
import io.gatehouse.crypto.KeyRing;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Telephone numbers between their clear form, which is never stored, and their sealed one. Thread-safe. */
public final class Phones {

    private static final Logger log = LoggerFactory.getLogger(Phones.class);

    /** Must never change: numbers are found by it. */
    private static final String LABEL = "gatehouse users.phone index";

    private final KeyRing keys;
    private final BlindIndex index;

    public Phones(KeyRing keys) {
        this.keys = keys;
        this.index = keys.blindIndex(LABEL);
    }

    /** Under the current key. */
    SealedPhone seal(Phone phone) {
        return new SealedPhone(keys.seal(phone.value().getBytes(StandardCharsets.UTF_8)), index.of(phone.value()));
    }

    /** Under which hashes a number may stand. */
    List<byte[]> candidates(Phone phone) {
        return index.candidates(phone.value());
    }

    /**
     * The number of an account, in clear; empty if it has none, or none that can be opened: who has lost a key must
     * still be able to sign in.
     */
    Optional<Phone> of(User user) {
        return user.phone().flatMap(stored -> {
            try {
                return Optional.of(open(stored));
            } catch (CannotOpenException e) {
                log.atError()
                        .addKeyValue("userId", Long.toString(user.id()))
                        .addKeyValue("keyId", stored.sealed().keyId())
                        .log("a telephone number cannot be opened");
                return Optional.empty();
            }
        });
    }

    /**
     * In clear.
     *
     * @throws CannotOpenException when the key is missing or the row was tampered with
     */
    Phone open(SealedPhone stored) {
        byte[] bytes = keys.open(stored.sealed());
        try {
            return new Phone(new String(bytes, StandardCharsets.UTF_8));
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    /** The key that seals now. */
    String currentKey() {
        return keys.currentId();
    }

    /** The keys whose rows are to be sealed anew. */
    List<String> previousKeys() {
        return keys.previousIds();
    }
}
