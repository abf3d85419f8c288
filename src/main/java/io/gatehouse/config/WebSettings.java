package io.gatehouse.config;

import io.gatehouse.config.Settings.Cookies;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Reads the keys that browsers have to do with: base URL, origins, cookies. Lives for one reading. */
final class WebSettings {

    /** Values that stand in samples and READMEs of this service and of the one it replaces. */
    private static final Set<String> SAMPLE_SECRETS = Set.of("YOUR_COOKIE_SECRET", "secret", "changeme");

    /** RFC 2104 advises a key no shorter than the hash: 32 bytes for HMAC-SHA256. */
    private static final int LEAST_COOKIE_SECRET_BYTES = 32;

    private final KeyReader keys;
    private final boolean production;

    WebSettings(KeyReader keys, boolean production) {
        this.keys = keys;
        this.production = production;
    }

    URI appUrl() {
        String fallback = "http://localhost:9876";
        if (production && keys.text("APP_URL").isEmpty()) {
            keys.problem("APP_URL", "is missing; set the public base URL, for example https://id.example.com");
        }
        String text = keys.text("APP_URL", fallback);
        Optional<URI> uri = Origins.baseUrl(text);
        if (uri.isEmpty()) {
            keys.problem("APP_URL", "is no base URL; write scheme and host only, such as https://id.example.com");
        }
        URI url = uri.orElse(URI.create(fallback));
        if (production && "http".equals(url.getScheme()) && !Origins.loopback(url)) {
            keys.problem("APP_URL", "is plain http; in production use https, or a loopback host");
        }
        return url;
    }

    Set<String> allowedOrigins() {
        List<String> origins = keys.list("ALLOWED_ORIGINS");
        origins.stream()
                .filter(origin -> Origins.baseUrl(origin).isEmpty())
                .forEach(origin -> keys.problem(
                        "ALLOWED_ORIGINS",
                        "holds what is no origin; write exact ones such as https://app.example.com"));
        return origins.stream()
                .flatMap(origin -> Origins.baseUrl(origin).stream())
                .map(Origins::text)
                .collect(Collectors.toUnmodifiableSet());
    }

    List<Cidr> trustedProxies() {
        List<String> ranges = keys.list("TRUSTED_PROXIES");
        ranges.stream()
                .filter(range -> Cidr.parse(range).isEmpty())
                .forEach(range -> keys.problem(
                        "TRUSTED_PROXIES",
                        "holds \"%s\"; write addresses or ranges such as 10.0.0.0/8 or fd00::/8".formatted(range)));
        return ranges.stream().flatMap(range -> Cidr.parse(range).stream()).toList();
    }

    Cookies cookies(URI appUrl) {
        List<Secret> secrets = keys.secrets("COOKIE_SECRET");
        if (production && secrets.isEmpty()) {
            keys.problem(
                    "COOKIE_SECRET", "is missing; set at least 32 random bytes, e.g. of `openssl rand -base64 48`");
        }
        if (secrets.isEmpty() && !keys.secret("COOKIE_SECRET").isEmpty()) {
            keys.problem("COOKIE_SECRET", "holds no secret between its commas");
        }
        for (Secret secret : secrets) {
            if (production && SAMPLE_SECRETS.contains(secret.value())) {
                keys.problem("COOKIE_SECRET", "is a sample value; set a random one");
            } else if (production && secret.bytes().length < LEAST_COOKIE_SECRET_BYTES) {
                keys.problem("COOKIE_SECRET", "is shorter than 32 bytes; set a longer random one");
            }
        }
        Optional<String> domain = keys.text("COOKIE_DOMAIN");
        if (domain.isPresent() && !Origins.parentOf(domain.get(), appUrl.getHost())) {
            keys.problem(
                    "COOKIE_DOMAIN",
                    "is \"%s\"; use a parent domain of APP_URL's host, with at least two labels"
                            .formatted(domain.get()));
        }
        if (domain.isPresent() && !"https".equals(appUrl.getScheme())) {
            keys.problem("COOKIE_DOMAIN", "needs an https APP_URL; a shared cookie must be Secure");
        }
        return new Cookies(secrets, domain);
    }
}
