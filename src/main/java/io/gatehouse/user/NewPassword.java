package io.gatehouse.user;

import io.gatehouse.http.Fields;
import io.gatehouse.http.Problem;
import io.gatehouse.http.Violation;

/** What somebody sends to change a password. */
record NewPassword(Password current, Password password) {

    static NewPassword read(Fields fields) {
        var current = fields.text("current", Password::parseGiven);
        var password = fields.text("password", Password::parseNew);
        fields.check();
        return new NewPassword(current.value(), password.value());
    }

    /** 422: not 401, because the session is live, and clients take 401 for its end. */
    static Problem wrongCurrent() {
        return Problem.invalidField("current", Violation.of("current"));
    }
}
