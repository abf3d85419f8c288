package io.gatehouse.session;

import java.util.Optional;

/**
 * What our cookies are called and where they go: their prefixes make browsers refuse a cookie that another host or
 * plain http has set. Immutable.
 *
 * @param secure whether clients come over TLS
 * @param domain parent domain for sibling hosts, or empty for this host only
 */
public record CookieNames(boolean secure, Optional<String> domain) {

    /** Of the session. */
    public String session() {
        return domain.map(it -> "__Secure-").orElse(secure ? "__Host-" : "") + "session";
    }

    /** Of the devices that have signed in before; only this host needs to know them. */
    public String device() {
        return (secure ? "__Host-" : "") + "device";
    }
}
