package io.gatehouse.user;

import com.google.i18n.phonenumbers.NumberParseException;
import com.google.i18n.phonenumbers.PhoneNumberUtil;
import com.google.i18n.phonenumbers.PhoneNumberUtil.PhoneNumberFormat;
import com.google.i18n.phonenumbers.PhoneNumberUtil.ValidationResult;
import com.google.i18n.phonenumbers.Phonenumber.PhoneNumber;
import io.gatehouse.http.InvalidValueException;
import io.gatehouse.http.Violation;
import java.util.regex.Pattern;

/**
 * A telephone number in the one form that is stored and looked up.
 *
 * @param value E.164: a plus sign and at most 15 digits; never to be logged
 */
record Phone(String value) {

    private static final int MOST_TYPED = 64;
    private static final int MOST_KEPT = 16;

    /** Digits of any script and what people put between them; letters would be read as the keys that bear them. */
    private static final Pattern SHAPE =
            Pattern.compile("\\p{Zs}*(tel:)?\\p{Zs}*[+\uFF0B][\\p{Nd}\\p{Zs}()./\\p{Pd}]+");

    /** No country: a number has to say its own. */
    private static final String NO_REGION = "ZZ";

    /**
     * A number as people write it, with its country code. Possible ones are taken, not only those of ranges known to
     * be in use: those change faster than any library.
     */
    static Phone parse(String raw) {
        if (raw.length() > MOST_TYPED || !SHAPE.matcher(raw).matches()) {
            throw new InvalidValueException(Violation.of("phone"));
        }
        try {
            PhoneNumberUtil numbers = PhoneNumberUtil.getInstance();
            PhoneNumber number = numbers.parse(raw, NO_REGION);
            String value = numbers.format(number, PhoneNumberFormat.E164);
            // Possible is more than "possible within a town", and some plans allow more digits than E.164.
            boolean possible = numbers.isPossibleNumberWithReason(number) == ValidationResult.IS_POSSIBLE;
            if (!possible || value.length() > MOST_KEPT) {
                throw new InvalidValueException(Violation.of("phone"));
            }
            return new Phone(value);
        } catch (NumberParseException e) {
            throw new InvalidValueException(Violation.of("phone"));
        }
    }

    @Override
    public String toString() {
        return "Phone[***]";
    }
}
