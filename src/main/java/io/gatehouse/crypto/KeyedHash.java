package io.gatehouse.crypto;

import java.util.Base64;

/**
 * HMAC-SHA256 under a key that is derived from a secret and a purpose: a name for something that must not be read off
 * or guessed, such as an e-mail address in a Redis key. Immutable and thread-safe.
 */
public final class KeyedHash {

    private static final Base64.Encoder BASE64_URL = Base64.getUrlEncoder().withoutPadding();

    private final Hmac key;

    /** @param purpose keeps hashes of different uses of one secret apart */
    public KeyedHash(byte[] secret, String purpose) {
        this.key = new Hmac(new Hmac(secret).of(purpose));
    }

    /** 43 characters of base64url. */
    public String of(String text) {
        return BASE64_URL.encodeToString(key.of(text));
    }
}
