package io.gatehouse.metrics;

import io.gatehouse.support.Await;
import io.gatehouse.support.Scrape;
import io.gatehouse.support.TestClient;
import io.gatehouse.support.TestService;
import io.gatehouse.webhook.TestEndpoints;
import java.time.Duration;
import java.util.Map;

/** Has a service do what each metric counts, also what goes wrong, so that all are there. */
final class EveryMetric {

    private static final Duration SOON = Duration.ofSeconds(15);

    private EveryMetric() {}

    /** What the service tells then. */
    static Scrape of(TestService service) {
        try (TestEndpoints endpoints = new TestEndpoints(service.database())) {
            // Not called, because it is nobody's address in public: an attempt all the same.
            endpoints.register("https://127.0.0.1/hook");
        }
        TestClient client = service.client().signedIn("metrics@example.com");
        client.get("/api/session");
        client.get("/api/user/profile");
        client.get("/nowhere");
        service.client().get("/api/session");
        service.redisCable().pull();
        service.postgresCable().pull();
        client.get("/api/session");
        service.redisCable().plug();
        service.plugPostgres();
        System.gc();
        service.operator().get("/ready");
        boolean there = Await.until(SOON, () -> {
            Scrape scrape = Scrape.of(service);
            return scrape.names().contains("jvm_gc_duration_seconds_count")
                    && scrape.names().contains("http_client_request_duration_seconds_count")
                    && scrape.sum("gatehouse_redis_breaker_open", Map.of()) == 0
                    && !scrape.of(
                                    "http_server_request_duration_seconds_count",
                                    Map.of("http_response_status_class", "5xx"))
                            .isEmpty();
        });
        if (!there) {
            throw new IllegalStateException("Not all metrics were there in time");
        }
        return Scrape.of(service);
    }
}
