package io.gatehouse.session;

import io.gatehouse.crypto.CookieSigner;
import io.gatehouse.http.Call;
import io.gatehouse.http.CookieHeader;
import io.gatehouse.http.Reply;
import java.time.Duration;
import java.util.Optional;

/**
 * How tokens travel, signed: in a cookie for browsers, as a bearer token for everybody else. If both come, the bearer
 * token counts and the cookie is ignored. Immutable and thread-safe.
 */
public final class SessionTransport {

    private final CookieSigner signer;
    private final CookieNames names;
    private final Duration maxAge;

    public SessionTransport(CookieSigner signer, CookieNames names, Duration maxAge) {
        this.signer = signer;
        this.names = names;
        this.maxAge = maxAge;
    }

    /**
     * A token whose signature is ours.
     *
     * @param renew whether a browser's cookie should be signed anew, because its secret is about to go
     */
    public record Given(String token, boolean renew) {
        @Override
        public String toString() {
            return "Given[***]";
        }
    }

    /** The token of a call, if its signature is ours. */
    public Optional<Given> token(Call call) {
        Optional<String> bearer = call.bearer();
        return bearer.or(() -> call.cookie(names.session()))
                .flatMap(signer::verify)
                .map(verified -> new Given(verified.value(), verified.renew() && bearer.isEmpty()));
    }

    /** What a bearer client keeps and sends. */
    public String signed(String token) {
        return signer.sign(token);
    }

    /** A cookie for a session that has just begun. */
    public String cookie(String token) {
        return cookie(token, maxAge);
    }

    /** A cookie for what is left of a session. */
    public String cookie(String token, Duration left) {
        return CookieHeader.set(names.session(), signer.sign(token), left, names.domain(), names.secure());
    }

    /** The reply that tells a browser to forget its cookie; a bearer client's cookie is none of its business. */
    Reply ended(Call call, Reply reply) {
        if (call.bearer().isPresent()) {
            return reply;
        }
        return reply.with("Set-Cookie", CookieHeader.clear(names.session(), names.domain(), names.secure()));
    }
}
