package io.gatehouse.user;

import io.gatehouse.http.InvalidValueException;
import io.gatehouse.http.Text;
import io.gatehouse.http.Violation;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;

/**
 * A password as it is hashed: NFC, otherwise untouched.
 *
 * @param value at most 1,024 bytes of UTF-8; never to be logged
 */
record Password(String value) {

    private static final int LEAST = 8;
    private static final int MOST = 128;

    /** Bounds the work of hashing; far above any password. */
    private static final int MOST_BYTES = 1024;

    /** A password that is being set: 8 to 128 characters, no NUL. */
    static Password parseNew(String raw) {
        Password password = parseGiven(raw);
        if (password.value.indexOf('\0') >= 0) {
            throw new InvalidValueException(Violation.of("characters"));
        }
        Text.length(password.value, LEAST, MOST);
        return password;
    }

    /** A password given at sign-in: of older accounts, so only the cap applies. */
    static Password parseGiven(String raw) {
        String value = Normalizer.normalize(Text.wellFormed(raw), Normalizer.Form.NFC);
        if (value.getBytes(StandardCharsets.UTF_8).length > MOST_BYTES) {
            throw new InvalidValueException(Violation.of("password-bytes", MOST_BYTES));
        }
        return new Password(value);
    }

    @Override
    public String toString() {
        return "Password[***]";
    }
}
