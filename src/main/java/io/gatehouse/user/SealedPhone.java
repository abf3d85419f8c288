package io.gatehouse.user;

import io.gatehouse.crypto.KeyRing.Sealed;
import java.util.Arrays;

/**
 * A telephone number as it is stored.
 *
 * @param sealed and by which key
 * @param index blind index of 32 bytes, under the same key
 */
// Compared by content, below; nobody writes to the bytes.
@SuppressWarnings("ArrayRecordComponent")
record SealedPhone(Sealed sealed, byte[] index) {
    @Override
    public boolean equals(Object other) {
        return other instanceof SealedPhone it && sealed.equals(it.sealed) && Arrays.equals(index, it.index);
    }

    @Override
    public int hashCode() {
        return sealed.hashCode();
    }

    @Override
    public String toString() {
        return "SealedPhone[" + sealed + "]";
    }
}
