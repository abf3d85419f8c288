package io.gatehouse.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;

/** Web origins (RFC 6454): scheme, host and port, and nothing behind. Stateless. */
final class Origins {

    private Origins() {}

    /** An http or https URL without path, query, user or fragment; empty if the text is something else. */
    static Optional<URI> baseUrl(String text) {
        try {
            URI uri = new URI(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
            boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            boolean bare = uri.getHost() != null
                    && (uri.getRawPath() == null || uri.getRawPath().isEmpty())
                    && uri.getRawQuery() == null
                    && uri.getRawFragment() == null
                    && uri.getRawUserInfo() == null;
            return web && bare ? Optional.of(uri) : Optional.empty();
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }

    /** As a browser writes it in {@code Origin}: lower case, no default port. */
    static String text(URI base) {
        String host = base.getHost().toLowerCase(Locale.ROOT);
        int standard = "https".equals(base.getScheme()) ? 443 : 80;
        boolean named = base.getPort() != -1 && base.getPort() != standard;
        return base.getScheme() + "://" + host + (named ? ":" + base.getPort() : "");
    }

    static boolean loopback(URI base) {
        String host = base.getHost();
        return host.equals("localhost") || host.startsWith("127.") || host.equals("[::1]");
    }

    /** Whether a cookie for {@code domain} reaches {@code host}; a single label (a public suffix) never does. */
    static boolean parentOf(String domain, String host) {
        String parent = domain.startsWith(".") ? domain.substring(1) : domain;
        return parent.contains(".") && (host.equals(parent) || host.endsWith("." + parent));
    }
}
