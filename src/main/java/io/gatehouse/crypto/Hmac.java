package io.gatehouse.crypto;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** HMAC-SHA256 (RFC 2104) under one key. Immutable and thread-safe. */
public final class Hmac {

    private static final String ALGORITHM = "HmacSHA256";

    /** Never used itself: a copy is cheaper than the search for an implementation and the preparation of the key. */
    private final Mac prepared;

    /** @param key not empty; copied */
    public Hmac(byte[] key) {
        try {
            prepared = Mac.getInstance(ALGORITHM);
            prepared.init(new SecretKeySpec(key, ALGORITHM));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every JDK has " + ALGORITHM, e);
        }
        // A provider whose codes cannot be copied should end the start, and not each request.
        of(new byte[0]);
    }

    /** 32 bytes. */
    public byte[] of(byte[] message) {
        try {
            return ((Mac) prepared.clone()).doFinal(message);
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("Every JDK can copy " + ALGORITHM, e);
        }
    }

    /** 32 bytes, of a text in UTF-8. */
    public byte[] of(String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }
}
