package io.gatehouse.http;

import io.helidon.http.Header;
import io.helidon.http.HeaderValues;
import io.helidon.http.ServerResponseHeaders;
import java.util.ArrayList;
import java.util.List;

/** Headers of every response, transport errors included. Immutable and thread-safe. */
final class StandardHeaders {

    private final List<Header> headers;

    /** @param https whether clients come over TLS, so that browsers may be told to stay with it */
    StandardHeaders(boolean https) {
        List<Header> all = new ArrayList<>();
        all.add(HeaderValues.createCached("X-Content-Type-Options", "nosniff"));
        all.add(HeaderValues.createCached("Referrer-Policy", "no-referrer"));
        all.add(HeaderValues.createCached("Cache-Control", "no-store"));
        all.add(HeaderValues.createCached("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"));
        if (https) {
            all.add(HeaderValues.createCached("Strict-Transport-Security", "max-age=31536000; includeSubDomains"));
        }
        this.headers = List.copyOf(all);
    }

    void addTo(ServerResponseHeaders response) {
        headers.forEach(response::setIfAbsent);
    }
}
