package io.gatehouse.outgoing;

import io.gatehouse.config.Cidr;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A URL, taken apart. Only what every program reads alike is taken: an address in its one usual spelling or a name of
 * DNS, ASCII, no user. {@code 2130706433}, {@code 0x7f.1} and {@code 0177.0.0.1} are 127.0.0.1 to some programs and
 * names to others; they are refused here. Immutable.
 *
 * @param host lower case; an IPv6 address without brackets
 * @param address what {@code host} is, unless it is a name
 * @param path with its query, as it was written; may hold secrets
 */
record Target(boolean secure, String host, Optional<InetAddress> address, int port, String path) {

    private static final int LONGEST_URL = 2048;
    private static final int LONGEST_NAME = 253;
    private static final int HTTPS = 443;
    private static final int HTTP = 80;

    private static final String BYTE = "(0|[1-9]\\d?|1\\d\\d|2[0-4]\\d|25[0-5])";
    private static final Pattern IPV4 = Pattern.compile(BYTE + "(\\." + BYTE + "){3}");

    /** RFC 1123, and a last label that cannot be taken for a number. */
    private static final Pattern NAME = Pattern.compile(
            "([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)*[a-z]([a-z0-9-]{0,61}[a-z0-9])?", Pattern.CASE_INSENSITIVE);

    /**
     * Reads an absolute URL.
     *
     * @throws OutgoingException {@code REFUSED_URL}
     */
    static Target parse(String url) {
        URI uri = uri(url);
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw refused("is neither http nor https");
        }
        if (uri.getRawUserInfo() != null) {
            throw refused("names a user");
        }
        if (uri.getRawFragment() != null) {
            throw refused("has a fragment");
        }
        if (uri.getHost() == null) {
            throw refused("has no plain host");
        }
        boolean secure = scheme.equals("https");
        int port = uri.getPort() == -1 ? (secure ? HTTPS : HTTP) : uri.getPort();
        if (port < 1 || port > 65_535) {
            throw refused("has no such port");
        }
        return at(uri, secure, port);
    }

    private static Target at(URI uri, boolean secure, int port) {
        String host = uri.getHost().toLowerCase(Locale.ROOT);
        if (host.startsWith("[")) {
            String inner = host.substring(1, host.length() - 1);
            return of(secure, inner, ipv6(inner), port, uri);
        }
        if (IPV4.matcher(host).matches()) {
            return of(secure, host, Cidr.address(host), port, uri);
        }
        if (host.length() > LONGEST_NAME || !NAME.matcher(host).matches()) {
            throw refused("has a host that is neither an address nor a name");
        }
        return of(secure, host, Optional.empty(), port, uri);
    }

    private static Target of(boolean secure, String host, Optional<InetAddress> address, int port, URI uri) {
        String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
        return new Target(secure, host, address, port, path + query);
    }

    private static Optional<InetAddress> ipv6(String text) {
        // A zone is an interface of ours, which is nothing for a URL to choose.
        Optional<InetAddress> address = text.indexOf('%') >= 0 ? Optional.empty() : Cidr.address(text);
        if (address.isEmpty()) {
            throw refused("has a host that is neither an address nor a name");
        }
        return address;
    }

    private static URI uri(String url) {
        if (url.length() > LONGEST_URL) {
            throw refused("is longer than %d characters".formatted(LONGEST_URL));
        }
        // java.net.URI takes letters of any script, and others read some of them as dots and digits.
        if (!url.chars().allMatch(c -> c > ' ' && c < 127)) {
            throw refused("holds what is no plain ASCII");
        }
        try {
            return new URI(url);
        } catch (URISyntaxException e) {
            // Not the cause: it quotes the URL.
            throw refused("is none");
        }
    }

    private static OutgoingException refused(String why) {
        return OutgoingException.of(Reason.REFUSED_URL, "URL", why);
    }

    /** The value of the header {@code Host}. */
    String authority() {
        String name = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
        return port == (secure ? HTTPS : HTTP) ? name : name + ":" + port;
    }

    /** What a connection and a breaker belong to. */
    String origin() {
        return (secure ? "https://" : "http://") + authority();
    }
}
