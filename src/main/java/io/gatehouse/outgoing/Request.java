package io.gatehouse.outgoing;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What to ask for. Its text form tells nothing but the method: URLs and headers hold secrets.
 *
 * @param url absolute; sent as it is written
 * @param headers by name; those that frame a message are ours to set
 * @param body sent as UTF-8; empty: none
 * @param repeatable whether it may be sent twice
 */
public record Request(Method method, String url, Map<String, String> headers, String body, boolean repeatable) {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]+");
    private static final Pattern VALUE = Pattern.compile("[\\x20-\\x7e\\t]*");
    private static final Set<String> OURS = Set.of(
            "host",
            "content-length",
            "transfer-encoding",
            "connection",
            "keep-alive",
            "te",
            "trailer",
            "upgrade",
            "expect",
            "accept-encoding");

    /** Checks that headers are some, and ours not among them. */
    public Request {
        headers = Map.copyOf(headers);
        headers.forEach(Request::check);
        if (!body.isEmpty() && (method == Method.GET || method == Method.HEAD)) {
            throw new IllegalArgumentException(method + " has no body");
        }
    }

    /** A GET. */
    public static Request get(String url) {
        return of(Method.GET, url);
    }

    /** Without headers and body; may be repeated if the method is idempotent. */
    public static Request of(Method method, String url) {
        return new Request(method, url, Map.of(), "", method.idempotent());
    }

    /** A POST of JSON, which must not be repeated. */
    public static Request postJson(String url, String json) {
        return of(Method.POST, url).header("Content-Type", "application/json").body(json);
    }

    /** The same with one more header. */
    public Request header(String name, String value) {
        Map<String, String> more = new TreeMap<>(headers);
        more.put(name, value);
        return new Request(method, url, more, body, repeatable);
    }

    /** The same with a body. */
    public Request body(String text) {
        return new Request(method, url, headers, text, repeatable);
    }

    /** The same, for a target that recognises what it has seen before, such as by an idempotency key. */
    public Request repeating() {
        return new Request(method, url, headers, body, true);
    }

    private static void check(String name, String value) {
        if (!NAME.matcher(name).matches() || OURS.contains(name.toLowerCase(Locale.ROOT))) {
            throw new IllegalArgumentException("No header for a caller to set: " + name);
        }
        if (!VALUE.matcher(value).matches()) {
            throw new IllegalArgumentException("The value of header " + name + " holds control characters");
        }
    }

    @Override
    public String toString() {
        return method + " request";
    }
}
