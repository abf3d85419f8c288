package io.gatehouse.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.support.Await;
import io.gatehouse.support.RawHttp;
import io.gatehouse.support.Scrape;
import io.gatehouse.support.TestClient;
import io.gatehouse.support.TestService;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class RequestMetersTest {

    private static final String COUNT = "http_server_request_duration_seconds_count";
    private static final String BUCKET = "http_server_request_duration_seconds_bucket";

    @RegisterExtension
    private static final TestService SERVICE = new TestService();

    @Test
    void requestsAreTimedByMethodRouteAndClassOfStatus() {
        TestClient client = SERVICE.client().signedIn("timed@example.com");
        Map<String, String> wanted = labels("GET", "/api/session", "2xx");
        double before = Scrape.of(SERVICE).sum(COUNT, wanted);

        client.get("/api/session?a=b");
        client.get("/api/session");
        SERVICE.client().get("/api/session");

        awaitCount(before + 2, wanted);
        awaitCount(1, labels("GET", "/api/session", "4xx"));
    }

    @Test
    void routesAreThePatternsOfTheUrlMap() {
        TestClient client = SERVICE.client().signedIn("patterns@example.com");
        client.call("DELETE", "/api/sessions/1");
        client.call("DELETE", "/api/sessions/2");
        client.call("MKCOL", "/api/authz/forward-auth/a/b/c");

        awaitCount(2, labels("DELETE", "/api/sessions/{id}", "4xx"));
        awaitCount(1, labels("_OTHER", "/api/authz/forward-auth/*", "2xx"));
    }

    @Test
    void bucketsAreThoseOfOpenTelemetry() {
        SERVICE.client().get("/api/health");
        awaitCount(1, labels("GET", "/api/health", "2xx"));

        assertThat(Scrape.of(SERVICE).of(BUCKET, labels("GET", "/api/health", "2xx")).stream()
                        .map(sample -> sample.labels().get("le")))
                .containsExactly(
                        "0.005", "0.01", "0.025", "0.05", "0.075", "0.1", "0.25", "0.5", "0.75", "1.0", "2.5", "5.0",
                        "7.5", "10.0", "+Inf");
    }

    @Test
    void clientsMakeNoSeries() throws IOException {
        TestClient client = SERVICE.client();
        for (int i = 0; i < 200; i++) {
            client.get("/made-up/" + i + "/of/me?x=" + i);
            client.call("X" + i, "/api/session");
            client.call("Y" + i, "/z" + i);
            client.get("/api/sessions/" + i);
        }
        for (int i = 0; i < 20; i++) {
            RawHttp.exchange(SERVICE.port(), "GET /%zz" + i + " HTTP/1.1\r\nHost: h\r\n\r\n");
        }
        for (String method : List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "FOO")) {
            client.call(method, "/api/user/login");
            client.call(method, "/nowhere");
        }
        awaitCount(200, labels("_OTHER", "/api/session", "4xx"));
        awaitCount(201, labels("_OTHER", "_unmatched", "4xx"));
        awaitCount(20, Map.of("http_route", "_transport"));

        Scrape scrape = Scrape.of(SERVICE);
        List<Scrape.Sample> series = scrape.of(COUNT, Map.of());
        assertThat(values(series, "http_request_method"))
                .isSubsetOf(Stream.concat(Methods.KNOWN.stream(), Stream.of(Methods.OTHER))
                        .toList());
        assertThat(values(series, "http_route"))
                .isSubsetOf(
                        "_unmatched",
                        "_transport",
                        "/api/session",
                        "/api/sessions",
                        "/api/sessions/{id}",
                        "/api/user/login",
                        "/api/user/register",
                        "/api/authz/forward-auth/*",
                        "/api/health",
                        "/metrics");
        assertThat(values(series, "http_response_status_class")).isSubsetOf("2xx", "4xx", "aborted");
        // Far below the bound of routes × methods × classes: nearly all is refused in one way.
        assertThat(series.size()).isLessThan(60);
    }

    private static Set<String> values(List<Scrape.Sample> series, String label) {
        return series.stream()
                .map(sample -> sample.labels().getOrDefault(label, "?"))
                .collect(Collectors.toSet());
    }

    private static Map<String, String> labels(String method, String route, String statusClass) {
        return Map.of("http_request_method", method, "http_route", route, "http_response_status_class", statusClass);
    }

    /** A request is counted when its client has the reply already. */
    private static void awaitCount(double count, Map<String, String> labels) {
        boolean _ = Await.until(Duration.ofSeconds(2), () -> Scrape.of(SERVICE).sum(COUNT, labels) >= count);
        assertThat(Scrape.of(SERVICE).sum(COUNT, labels)).as("%s", labels).isEqualTo(count);
    }
}
