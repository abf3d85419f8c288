package io.gatehouse.user;

import io.gatehouse.http.InvalidValueException;
import io.gatehouse.http.Violation;
import java.text.Normalizer;
import java.util.List;

/**
 * A password as it was typed. Hashes are made of its NFC, so that it does not matter which keyboard it comes from; the
 * Node service hashed the bytes as they came. Whether it may be set is the business of {@link PasswordPolicy}.
 *
 * @param typed at most 1,024 bytes of UTF-8; never to be logged
 */
record Password(String typed) {

    /** Bounds the work of hashing; far above any password. */
    private static final int MOST_BYTES = 1024;

    /** Of accounts that are older than today's rules, too: only the cap applies. */
    static Password parse(String raw) {
        // As Node writes half a character in UTF-8; Java would write a question mark.
        Password password = new Password(raw.replaceAll("\\p{Cs}", "\uFFFD"));
        if (bytes(password.typed) > MOST_BYTES || bytes(password.value()) > MOST_BYTES) {
            throw new InvalidValueException(Violation.of("password-bytes", MOST_BYTES));
        }
        return password;
    }

    /** What is hashed. */
    String value() {
        return Normalizer.normalize(typed, Normalizer.Form.NFC);
    }

    /** What may have been hashed, the likelier first. */
    List<String> forms() {
        String value = value();
        return value.equals(typed) ? List.of(value) : List.of(value, typed);
    }

    /** Of UTF-8, counted without making them. */
    private static int bytes(String text) {
        return text.codePoints()
                .map(point -> point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4)
                .sum();
    }

    @Override
    public String toString() {
        return "Password[***]";
    }
}
