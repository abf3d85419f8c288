package io.gatehouse.user;

import io.gatehouse.http.Fields;
import io.gatehouse.http.Problem;
import io.gatehouse.http.Violation;
import io.gatehouse.session.Session;
import java.util.Optional;

/** What somebody sends to change a password. */
record NewPassword(Password current, Password password) {

    static NewPassword read(Fields fields, PasswordPolicy policy, Session.User owner) {
        var current = fields.text("current", Password::parse);
        var password = fields.text("password", policy::parse);
        password.optional()
                .flatMap(it -> policy.unsuitable(it, Optional.of(new Email(owner.email())), Optional.of(owner.name())))
                .ifPresent(violation -> fields.reject("password", violation));
        fields.check();
        return new NewPassword(current.value(), password.value());
    }

    /** 422: not 401, because the session is live, and clients take 401 for its end. */
    static Problem wrongCurrent() {
        return Problem.invalidField("current", Violation.of("current"));
    }
}
