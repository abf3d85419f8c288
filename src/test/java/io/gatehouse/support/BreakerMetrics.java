package io.gatehouse.support;

/** What a service tells operators of its Redis breaker. */
public final class BreakerMetrics {

    private BreakerMetrics() {}

    public static boolean closed(TestService service) {
        return metrics(service).contains("gatehouse_redis_breaker_open 0.0");
    }

    /** How often it has changed to a state since the service's start. */
    public static double changes(TestService service, String to) {
        String name = "gatehouse_redis_breaker_changes_total{to=\"" + to + "\"} ";
        return metrics(service)
                .lines()
                .filter(line -> line.startsWith(name))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length())))
                .sum();
    }

    private static String metrics(TestService service) {
        return service.operator().get("/metrics").response().body();
    }
}
