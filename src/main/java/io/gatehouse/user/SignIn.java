package io.gatehouse.user;

import io.gatehouse.http.Fields;
import io.gatehouse.http.InvalidValueException;
import io.gatehouse.http.Text;
import io.gatehouse.http.Violation;
import java.util.Optional;

/**
 * What somebody sends to sign in.
 *
 * @param device what a bearer client kept of an earlier sign-in
 */
record SignIn(Email email, Password password, Transport transport, Optional<String> device) {

    private static final int LONGEST_DEVICE = 1024;

    /** How the client wants to hold its session. */
    enum Transport {
        COOKIE,
        BEARER;

        static Transport parse(String raw) {
            return switch (raw) {
                case "cookie" -> COOKIE;
                case "bearer" -> BEARER;
                default -> throw new InvalidValueException(Violation.of("choice", "cookie, bearer"));
            };
        }
    }

    static SignIn read(Fields fields) {
        var email = fields.text("email", Email::parse);
        var password = fields.text("password", Password::parse);
        var transport = fields.optionalText("transport", Transport::parse);
        var device = fields.optionalText("device", text -> Text.length(text, 0, LONGEST_DEVICE));
        fields.check();
        return new SignIn(
                email.value(), password.value(), transport.optional().orElse(Transport.COOKIE), device.optional());
    }
}
