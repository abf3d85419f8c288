package io.gatehouse.crypto;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The keys that fields are sealed with: the current one seals, it and the previous ones open. Immutable and
 * thread-safe.
 */
public final class KeyRing {

    private final EciesKey current;
    private final List<EciesKey> keys;
    private final SecureRandom random;

    /** @param previous open only; the current one among them does no harm */
    public KeyRing(EciesKey current, List<EciesKey> previous, SecureRandom random) {
        this.current = current;
        this.keys = Stream.concat(Stream.of(current), previous.stream()).toList();
        this.random = random;
    }

    /**
     * A payload in the form of eciesjs, and who can open it.
     *
     * @param keyId {@link EciesKey#id}
     */
    // Compared by content, below; nobody writes to the bytes.
    @SuppressWarnings("ArrayRecordComponent")
    public record Sealed(String keyId, byte[] payload) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Sealed it && keyId.equals(it.keyId) && Arrays.equals(payload, it.payload);
        }

        @Override
        public int hashCode() {
            return keyId.hashCode() * 31 + Arrays.hashCode(payload);
        }

        @Override
        public String toString() {
            return "Sealed[by " + keyId + ", " + payload.length + " bytes]";
        }
    }

    /** Seals under the current key. */
    public Sealed seal(byte[] plaintext) {
        return new Sealed(current.id(), Ecies.seal(current.publicPoint(), plaintext, random));
    }

    /**
     * What was sealed.
     *
     * @throws CannotOpenException when the key is not on the ring, or the payload is not what the key made
     */
    public byte[] open(Sealed sealed) {
        return Ecies.open(find(sealed.keyId()).orElseThrow(CannotOpenException::new), sealed.payload());
    }

    /** Finds values of one kind by a keyed hash. */
    public BlindIndex blindIndex(String label) {
        return new BlindIndex(label, keys);
    }

    /** The id of the key that seals. */
    public String currentId() {
        return current.id();
    }

    /** The public key that clients may seal to, compressed, in hex. */
    public String publicHex() {
        return current.publicHex();
    }

    /** The ids of the keys that only open, each once. */
    public List<String> previousIds() {
        List<String> ids =
                new ArrayList<>(keys.stream().map(EciesKey::id).distinct().toList());
        ids.remove(current.id());
        return List.copyOf(ids);
    }

    private Optional<EciesKey> find(String id) {
        return keys.stream().filter(key -> key.id().equals(id)).findFirst();
    }
}
