package io.gatehouse.user;

import io.gatehouse.http.Fields;
import io.gatehouse.http.Text;

/** What somebody sends to register. */
record NewUser(String name, Email email, Password password) {

    private static final int LEAST_NAME = 2;
    private static final int MOST_NAME = 64;

    static NewUser read(Fields fields, PasswordPolicy policy) {
        var name = fields.text("name", NewUser::parseName);
        var email = fields.text("email", Email::parse);
        var password = fields.text("password", policy::parse);
        password.optional()
                .flatMap(it -> policy.unsuitable(it, email.optional(), name.optional()))
                .ifPresent(violation -> fields.reject("password", violation));
        fields.check();
        return new NewUser(name.value(), email.value(), password.value());
    }

    /** A display name: one line in NFC, 2 to 64 characters. */
    static String parseName(String raw) {
        return Text.length(Text.line(raw), LEAST_NAME, MOST_NAME);
    }
}
