package io.gatehouse.session;

import io.gatehouse.crypto.CookieSigner;
import io.gatehouse.http.Call;
import io.gatehouse.http.CookieHeader;
import io.gatehouse.http.Reply;
import java.time.Duration;
import java.util.Optional;

/**
 * How tokens travel, signed: in a cookie for browsers, as a bearer token for everybody else. If both come, the bearer
 * token counts. Immutable and thread-safe.
 */
public final class SessionTransport {

    private final CookieSigner signer;
    private final boolean https;
    private final Optional<String> domain;
    private final Duration maxAge;

    /**
     * @param https whether clients come over TLS; decides the cookie's name and {@code Secure}
     * @param domain parent domain for sibling hosts, or empty
     */
    public SessionTransport(CookieSigner signer, boolean https, Optional<String> domain, Duration maxAge) {
        this.signer = signer;
        this.https = https;
        this.domain = domain;
        this.maxAge = maxAge;
    }

    /** The token of a call, if its signature is ours. */
    Optional<String> token(Call call) {
        return call.bearer()
                .or(() -> call.cookie(cookieName()))
                .flatMap(signer::verify)
                .map(CookieSigner.Verified::value);
    }

    /** What a bearer client keeps and sends. */
    public String signed(String token) {
        return signer.sign(token);
    }

    /** The reply with the cookie that keeps a browser signed in. */
    public Reply withCookie(Reply reply, String token) {
        return reply.with("Set-Cookie", CookieHeader.set(cookieName(), signer.sign(token), maxAge, domain, https));
    }

    /** The reply that tells a browser to forget its cookie; a bearer client's cookie is none of its business. */
    Reply ended(Call call, Reply reply) {
        if (call.bearer().isPresent()) {
            return reply;
        }
        return reply.with("Set-Cookie", CookieHeader.clear(cookieName(), domain, https));
    }

    /** The prefixes make browsers refuse a cookie that another host or plain http has set. */
    private String cookieName() {
        if (!https) {
            return "session";
        }
        return domain.isPresent() ? "__Secure-session" : "__Host-session";
    }
}
