package io.gatehouse.keys;

import io.gatehouse.crypto.KeyRing;
import io.gatehouse.http.Call;
import io.gatehouse.http.Reply;

/** What clients may know of our keys. Thread-safe. */
public final class KeyHandlers {

    private final PublicKeyView publicKey;

    public KeyHandlers(KeyRing keys) {
        this.publicKey = new PublicKeyView("secp256k1", keys.currentId(), keys.publicHex());
    }

    /** @param publicKey compressed, 66 hex digits, as eciesjs takes it */
    private record PublicKeyView(String curve, String keyId, String publicKey) {}

    /** {@code GET /api/crypto/public-key}: with it clients can encrypt to the service. */
    public Reply publicKey(Call call) {
        return Reply.ok(publicKey);
    }
}
