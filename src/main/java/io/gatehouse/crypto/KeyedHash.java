package io.gatehouse.crypto;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * HMAC-SHA256 under a key that is derived from a secret and a purpose: a name for something that must not be read off
 * or guessed, such as an e-mail address in a Redis key. Immutable and thread-safe.
 */
public final class KeyedHash {

    private static final String ALGORITHM = "HmacSHA256";
    private static final Base64.Encoder BASE64_URL = Base64.getUrlEncoder().withoutPadding();

    private final SecretKeySpec key;

    /** @param purpose keeps hashes of different uses of one secret apart */
    public KeyedHash(byte[] secret, String purpose) {
        this.key = new SecretKeySpec(mac(new SecretKeySpec(secret, ALGORITHM), purpose), ALGORITHM);
    }

    /** 43 characters of base64url. */
    public String of(String text) {
        return BASE64_URL.encodeToString(mac(key, text));
    }

    private static byte[] mac(SecretKeySpec key, String text) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every JDK has " + ALGORITHM, e);
        }
    }
}
