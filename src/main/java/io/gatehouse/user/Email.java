package io.gatehouse.user;

import io.gatehouse.http.InvalidValueException;
import io.gatehouse.http.Text;
import io.gatehouse.http.Violation;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * An e-mail address in the one form that is stored and looked up: NFC, trimmed, lower case.
 *
 * @param value at most 254 characters (RFC 5321's path limit)
 */
record Email(String value) {

    private static final int MOST = 254;

    /** Something, one at sign, a domain with a dot. Whether it exists only a message to it can tell. */
    private static final Pattern SHAPE = Pattern.compile("[^\\s@\\p{Cf}]{1,64}@[^\\s@.\\p{Cf}]+(\\.[^\\s@.\\p{Cf}]+)+");

    static Email parse(String raw) {
        // Lower case need not be NFC any more: J and a combining caron become one letter.
        String value = Text.line(Text.line(raw).toLowerCase(Locale.ROOT));
        if (value.length() > MOST || !SHAPE.matcher(value).matches()) {
            throw new InvalidValueException(Violation.of("email"));
        }
        return new Email(value);
    }
}
