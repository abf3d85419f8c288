package io.gatehouse.crypto;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * Signatures of cookie values in the format of @fastify/cookie 11.0.2:
 * {@code value + "." + base64(HMAC-SHA256(secret, UTF-8 value))} without padding. The first secret signs, all
 * verify. Immutable and thread-safe.
 */
public final class CookieSigner {

    private static final Base64.Encoder BASE64 = Base64.getEncoder().withoutPadding();

    private final List<Hmac> keys;

    /**
     * A value whose signature holds.
     *
     * @param value what was signed
     * @param renew whether a secret other than the first one signed it
     */
    public record Verified(String value, boolean renew) {
        @Override
        public String toString() {
            return "Verified[***]";
        }
    }

    /**
     * Signs with the first secret, verifies with all.
     *
     * @param secrets at least one, none empty
     */
    public CookieSigner(List<byte[]> secrets) {
        if (secrets.isEmpty()) {
            throw new IllegalArgumentException("A cookie signer needs at least one secret");
        }
        this.keys = secrets.stream().map(Hmac::new).toList();
    }

    /** The value with its signature. */
    public String sign(String value) {
        return value + "." + signature(keys.getFirst(), value);
    }

    /** The value that was signed, split at the last dot; empty if no secret verifies it. */
    public Optional<Verified> verify(String signed) {
        int dot = signed.lastIndexOf('.');
        if (dot < 0) {
            return Optional.empty();
        }
        String value = signed.substring(0, dot);
        byte[] given = signed.substring(dot + 1).getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < keys.size(); i++) {
            byte[] expected = signature(keys.get(i), value).getBytes(StandardCharsets.US_ASCII);
            if (MessageDigest.isEqual(expected, given)) {
                return Optional.of(new Verified(value, i > 0));
            }
        }
        return Optional.empty();
    }

    private static String signature(Hmac key, String value) {
        return BASE64.encodeToString(key.of(value));
    }
}
