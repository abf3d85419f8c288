package io.gatehouse.user;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Objects;

/**
 * Passwords that guessers try first: 17,950 of at least eight characters, from the list {@code passwords} of the npm
 * package @zxcvbn-ts/language-common 4.1.3 (MIT licence, beside the list), in lower case. Kept as 64-bit hashes, 140
 * KiB; that one password in 10¹⁵ is refused for nothing costs nobody anything. Immutable and thread-safe.
 */
final class CommonPasswords {

    private static final String LIST = "common-passwords.txt";

    private final long[] hashes;

    CommonPasswords() {
        try (InputStream in = CommonPasswords.class.getResourceAsStream(LIST);
                BufferedReader lines = new BufferedReader(
                        new InputStreamReader(Objects.requireNonNull(in, LIST), StandardCharsets.UTF_8))) {
            MessageDigest sha256 = sha256();
            this.hashes =
                    lines.lines().mapToLong(line -> hash(sha256, line)).sorted().toArray();
        } catch (IOException e) {
            throw new UncheckedIOException(LIST, e);
        }
    }

    /** Whether the list has the whole of a text that is in lower case. */
    boolean contains(String lowerCase) {
        return Arrays.binarySearch(hashes, hash(sha256(), lowerCase)) >= 0;
    }

    int size() {
        return hashes.length;
    }

    private static long hash(MessageDigest sha256, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        try {
            return ByteBuffer.wrap(sha256.digest(bytes)).getLong();
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every JDK has SHA-256", e);
        }
    }
}
