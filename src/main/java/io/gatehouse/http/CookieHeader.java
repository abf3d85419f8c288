package io.gatehouse.http;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/** The {@code Cookie} and {@code Set-Cookie} headers as the npm package cookie 1.1.1 reads and writes them. Stateless. */
public final class CookieHeader {

    private CookieHeader() {}

    /** The first cookie of that name, percent-decoded where that is possible, quotes kept. */
    static Optional<String> find(String header, String name) {
        for (String pair : header.split(";", -1)) {
            int equals = pair.indexOf('=');
            if (equals > 0 && pair.substring(0, equals).strip().equals(name)) {
                return Optional.of(decoded(pair.substring(equals + 1).strip()));
            }
        }
        return Optional.empty();
    }

    /**
     * A {@code Set-Cookie} value for the whole site, out of reach of scripts, strictly same-site.
     *
     * @param value written with encodeURIComponent
     * @param domain of sibling hosts, or empty for this host only
     */
    public static String set(String name, String value, Duration maxAge, Optional<String> domain, boolean secure) {
        return "%s=%s; Max-Age=%d%s; Path=/; HttpOnly%s; SameSite=Strict"
                .formatted(
                        name,
                        encoded(value),
                        maxAge.toSeconds(),
                        domain.map(text -> "; Domain=" + text).orElse(""),
                        secure ? "; Secure" : "");
    }

    /** A {@code Set-Cookie} value that removes the cookie. */
    public static String clear(String name, Optional<String> domain, boolean secure) {
        return "%s=; Max-Age=0%s; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly%s; SameSite=Strict"
                .formatted(name, domain.map(text -> "; Domain=" + text).orElse(""), secure ? "; Secure" : "");
    }

    /** JavaScript's encodeURIComponent: unlike a form's encoding it keeps five more marks and no plus for a blank. */
    private static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("%21", "!")
                .replace("%27", "'")
                .replace("%28", "(")
                .replace("%29", ")")
                .replace("%7E", "~");
    }

    private static String decoded(String value) {
        int first = value.indexOf('%');
        if (first < 0) {
            return value;
        }
        try {
            // A plus sign is a plus sign here, unlike in a form.
            String rest = value.substring(first).replace("+", "%2B");
            return value.substring(0, first) + URLDecoder.decode(rest, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return value;
        }
    }
}
