package io.gatehouse.session;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;

/**
 * What a client holds: 256 random bits, base64url, after {@code gh_}. Known to the client only; stored as its SHA-256.
 *
 * @param value the text; never to be logged
 */
record SessionToken(String value) {

    private static final int RANDOM_BYTES = 32;
    private static final Base64.Encoder BASE64_URL = Base64.getUrlEncoder().withoutPadding();

    static SessionToken random(SecureRandom random) {
        byte[] bytes = new byte[RANDOM_BYTES];
        random.nextBytes(bytes);
        return new SessionToken("gh_" + BASE64_URL.encodeToString(bytes));
    }

    /** SHA-256, 32 bytes: the only form in which a token is kept. */
    byte[] hash() {
        try {
            return MessageDigest.getInstance("SHA-256").digest(value.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return "SessionToken[***]";
    }
}
