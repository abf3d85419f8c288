package io.gatehouse.admission;

import io.gatehouse.http.Call;
import io.gatehouse.http.Reply;
import io.gatehouse.session.Session;
import java.nio.charset.StandardCharsets;

/**
 * Answers proxies that ask whether a request may pass to an application behind them, and tells them who calls in
 * {@code Remote-*} headers. Stateless.
 */
public final class AuthzHandlers {

    /** {@code /api/authz/*}: the headers name the account by id, e-mail, name and roles. */
    public Reply tell(Call call, Session session) {
        Session.User user = session.user();
        return Reply.ok(null)
                .with("Remote-User", Long.toString(user.id()))
                .with("Remote-Email", printable(user.email()))
                .with("Remote-Name", printable(user.name()))
                .with("Remote-Groups", String.join(",", user.roles()));
    }

    /** Header values are ASCII: everything else, and the percent sign, as percent-encoded UTF-8 (RFC 3986, 2.1). */
    static String printable(String text) {
        StringBuilder encoded = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            if (b >= ' ' && b < 0x7F && b != '%') {
                encoded.append((char) b);
            } else {
                encoded.append("%%%02X".formatted(b & 0xFF));
            }
        }
        return encoded.toString();
    }
}
