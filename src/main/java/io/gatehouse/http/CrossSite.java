package io.gatehouse.http;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Keeps other sites from acting in a signed-in browser, and lets the front ends of {@code ALLOWED_ORIGINS} read
 * replies (CORS). Immutable and thread-safe.
 */
final class CrossSite {

    private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS");

    /** What scripts of an allowed front end may read. */
    private static final String EXPOSED = "x-log-id, Retry-After, RateLimit, RateLimit-Policy";

    private final Set<String> allowed;
    private final String own;

    CrossSite(String own, Set<String> allowed) {
        this.own = own;
        this.allowed = allowed;
    }

    /**
     * Decides by method, bearer token (which no browser sends by itself), {@code Origin} and {@code Sec-Fetch-Site}, in this order.
     *
     * @throws Problem 403 for a request that a foreign site makes a browser send
     */
    void check(Call call) {
        if (SAFE.contains(call.method()) || call.bearer().isPresent()) {
            return;
        }
        Optional<String> origin = call.header("Origin");
        if (origin.isPresent() && trusted(origin.get(), call)) {
            return;
        }
        Optional<String> site = call.header("Sec-Fetch-Site");
        boolean passes = site.map(value -> value.equals("same-origin") || value.equals("none"))
                .orElse(origin.isEmpty());
        if (!passes) {
            throw Problem.of(ProblemCode.CROSS_SITE);
        }
    }

    /** Headers that let an allowed front end read the reply; none for anybody else. */
    List<ReplyHeader> headers(Call call) {
        if (allowed.isEmpty()) {
            return List.of();
        }
        ReplyHeader vary = new ReplyHeader("Vary", "Origin");
        return call.header("Origin")
                .filter(allowed::contains)
                .map(origin -> List.of(
                        vary,
                        new ReplyHeader("Access-Control-Allow-Origin", origin),
                        new ReplyHeader("Access-Control-Allow-Credentials", "true"),
                        new ReplyHeader("Access-Control-Expose-Headers", EXPOSED)))
                .orElse(List.of(vary));
    }

    /** The answer to a browser's question whether it may send a request. */
    List<ReplyHeader> preflight(Call call, String methods) {
        boolean mayAsk = call.header("Origin").filter(allowed::contains).isPresent();
        if (!mayAsk || call.header("Access-Control-Request-Method").isEmpty()) {
            return List.of();
        }
        return List.of(
                new ReplyHeader("Access-Control-Allow-Methods", methods),
                new ReplyHeader("Access-Control-Allow-Headers", "Authorization, Content-Type"),
                new ReplyHeader("Access-Control-Max-Age", "600"));
    }

    private boolean trusted(String origin, Call call) {
        return origin.equals(own) || allowed.contains(origin) || ownHost(origin, call);
    }

    private static boolean ownHost(String origin, Call call) {
        return call.header("Host")
                .filter(host -> origin.equals("http://" + host) || origin.equals("https://" + host))
                .isPresent();
    }
}
