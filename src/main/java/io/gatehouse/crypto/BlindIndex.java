package io.gatehouse.crypto;

import java.util.List;

/**
 * Finds sealed values of one kind without opening any: HMAC-SHA256 of the value, under a key that HKDF-SHA256 derives
 * from the private key and a label. Equal values have equal hashes under one key; nothing else can be read off them
 * without it. Immutable and thread-safe.
 */
public final class BlindIndex {

    private final List<Hmac> keys;

    BlindIndex(String label, List<EciesKey> keys) {
        this.keys = keys.stream().map(key -> new Hmac(key.derive(label))).toList();
    }

    /** 32 bytes, under the current key. */
    public byte[] of(String value) {
        return keys.getFirst().of(value);
    }

    /** Under every key of the ring: until all has been sealed anew, a value may be found under any of them. */
    public List<byte[]> candidates(String value) {
        return keys.stream().map(key -> key.of(value)).toList();
    }
}
