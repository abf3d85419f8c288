package io.gatehouse.crypto;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A hash in the PHC string format as node argon2 0.44 and libargon2 write it:
 * {@code $argon2id$v=19$m=65536,t=3,p=4$salt$hash}, with {@code ,keyid=} (our pepper) and {@code ,data=} after p where
 * they are. A missing version is 1.0, hexadecimal 10.
 *
 * @param memoryKib at most 1 GiB: a row of a table must not be able to take all memory
 * @param pepper of {@code keyid}
 * @param data associated data, hashed too; empty if none
 */
// Never compared; nobody writes to the bytes.
@SuppressWarnings("ArrayRecordComponent")
record PasswordHash(
        Type type,
        int version,
        int memoryKib,
        int iterations,
        int parallelism,
        Optional<String> pepper,
        byte[] data,
        byte[] salt,
        byte[] hash) {

    /** Versions that there are. */
    static final int VERSION_10 = 0x10;

    static final int VERSION_13 = 0x13;

    private static final int MOST_MEMORY_KIB = 1 << 20;
    private static final int MOST_ITERATIONS = 1000;
    private static final int MOST_LANES = 255;
    private static final int LEAST_SALT_BYTES = 8;
    private static final int MOST_BYTES = 256;
    private static final int LEAST_HASH_BYTES = 4;

    private static final String BASE64 = "[A-Za-z0-9+/]";
    private static final Pattern SHAPE = Pattern.compile(
            "\\$argon2(id|i|d)(?:\\$v=(\\d{1,3}))?\\$m=([1-9]\\d{0,9}),t=([1-9]\\d{0,9}),p=([1-9]\\d{0,9})(?:,keyid=("
                    + BASE64 + "{1,11}))?(?:,data=(" + BASE64 + "{1,43}))?\\$(" + BASE64 + "+)\\$(" + BASE64 + "+)");

    /** Which memory access; the ending of its name in the string. */
    enum Type {
        ID,
        I,
        D;

        String text() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /** Empty for whatever is no such string, or asks for more than anybody should. */
    static Optional<PasswordHash> parse(String text) {
        Matcher found = SHAPE.matcher(text);
        if (!found.matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(read(found)).filter(PasswordHash::bearable);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static PasswordHash read(Matcher found) {
        return new PasswordHash(
                Type.valueOf(found.group(1).toUpperCase(java.util.Locale.ROOT)),
                found.group(2) == null ? VERSION_10 : Integer.parseInt(found.group(2)),
                Integer.parseInt(found.group(3)),
                Integer.parseInt(found.group(4)),
                Integer.parseInt(found.group(5)),
                Optional.ofNullable(found.group(6)).map(id -> new String(decode(id), StandardCharsets.UTF_8)),
                found.group(7) == null ? new byte[0] : decode(found.group(7)),
                decode(found.group(8)),
                decode(found.group(9)));
    }

    private boolean bearable() {
        return (version == VERSION_10 || version == VERSION_13)
                && parallelism <= MOST_LANES
                && memoryKib >= 8 * parallelism
                && memoryKib <= MOST_MEMORY_KIB
                && iterations <= MOST_ITERATIONS
                && salt.length >= LEAST_SALT_BYTES
                && salt.length <= MOST_BYTES
                && hash.length >= LEAST_HASH_BYTES
                && hash.length <= MOST_BYTES;
    }

    /** Whether a new hash would be made in another way: type, version, cost or pepper. */
    boolean differs(HashParameters wanted, Optional<String> wantedPepper) {
        return type != Type.ID
                || version != VERSION_13
                || memoryKib != wanted.memoryKib()
                || iterations != wanted.iterations()
                || parallelism != wanted.parallelism()
                || data.length > 0
                || !pepper.equals(wantedPepper);
    }

    PasswordHash withPepper(Optional<String> other) {
        return new PasswordHash(type, version, memoryKib, iterations, parallelism, other, data, salt, hash);
    }

    /** The string. */
    String text() {
        StringBuilder text = new StringBuilder("$argon2").append(type.text());
        text.append("$v=").append(version).append("$m=").append(memoryKib);
        text.append(",t=").append(iterations).append(",p=").append(parallelism);
        pepper.ifPresent(id -> text.append(",keyid=").append(encode(id.getBytes(StandardCharsets.UTF_8))));
        if (data.length > 0) {
            text.append(",data=").append(encode(data));
        }
        return text.append('$')
                .append(encode(salt))
                .append('$')
                .append(encode(hash))
                .toString();
    }

    private static byte[] decode(String base64) {
        return Base64.getDecoder().decode(base64);
    }

    private static String encode(byte[] bytes) {
        return Base64.getEncoder().withoutPadding().encodeToString(bytes);
    }

    @Override
    public String toString() {
        return "PasswordHash[***]";
    }
}
