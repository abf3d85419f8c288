package io.gatehouse.user;

import io.gatehouse.http.InvalidValueException;
import io.gatehouse.http.Text;
import io.gatehouse.http.Violation;
import java.text.Normalizer;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Which passwords may be set, after NIST SP 800-63B-4, 3.1.1.2: long enough, and as a whole neither common nor the
 * service's, the account's e-mail or its name. Nothing is asked of their characters. Immutable and thread-safe.
 */
public final class PasswordPolicy {

    private static final int MOST_CHARACTERS = 128;

    private final int leastCharacters;
    private final List<String> serviceNames;
    private final CommonPasswords common = new CommonPasswords();

    /**
     * @param leastCharacters of a new password, in code points
     * @param serviceNames what users may take for the name of the service
     */
    public PasswordPolicy(int leastCharacters, List<String> serviceNames) {
        this.leastCharacters = leastCharacters;
        this.serviceNames = serviceNames.stream().map(PasswordPolicy::folded).toList();
    }

    /**
     * A password that is being set.
     *
     * @throws InvalidValueException with the reason
     */
    Password parse(String raw) {
        Password password = Password.parse(Text.wellFormed(raw));
        String value = password.value();
        if (value.indexOf('\0') >= 0) {
            throw new InvalidValueException(Violation.of("characters"));
        }
        Text.length(value, leastCharacters, MOST_CHARACTERS);
        String folded = folded(value);
        if (serviceNames.contains(folded)) {
            throw new InvalidValueException(Violation.of("password-service"));
        }
        if (common.contains(folded)) {
            throw new InvalidValueException(Violation.of("password-common"));
        }
        return password;
    }

    /** Why a password does not suit an account; the account's fields may themselves be wrong, and missing. */
    Optional<Violation> unsuitable(Password password, Optional<Email> email, Optional<String> name) {
        String folded = folded(password.value());
        Stream<String> ofEmail =
                email.stream().flatMap(it -> Stream.of(it.value(), it.value().split("@", 2)[0]));
        if (ofEmail.map(PasswordPolicy::folded).anyMatch(folded::equals)) {
            return Optional.of(Violation.of("password-email"));
        }
        Stream<String> ofName = name.stream().flatMap(it -> Stream.of(it, it.replace(" ", "")));
        return ofName.map(PasswordPolicy::folded).anyMatch(folded::equals)
                ? Optional.of(Violation.of("password-name"))
                : Optional.empty();
    }

    /** Upper and lower case, and blanks around, make no other password for somebody who guesses. */
    private static String folded(String text) {
        return Normalizer.normalize(text.strip().toLowerCase(Locale.ROOT), Normalizer.Form.NFC);
    }
}
