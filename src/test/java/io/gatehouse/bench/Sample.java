package io.gatehouse.bench;

import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/**
 * What a load generator saw.
 *
 * @param requests answered
 * @param seconds that it took
 * @param p50 median latency, ms; p99 and p999 the 99th and 99.9th percentile
 * @param broken connections refused, reset or timed out
 * @param statuses how many answers of each; only told where asked for, otherwise what is no success under 0
 */
record Sample(
        long requests, double seconds, double p50, double p99, double p999, long broken, Map<Integer, Long> statuses) {

    static Sample read(JsonNode line) {
        Map<Integer, Long> statuses = new TreeMap<>();
        line.path("statuses")
                .properties()
                .forEach(entry -> statuses.put(
                        Integer.valueOf(entry.getKey()), entry.getValue().longValue()));
        return new Sample(
                line.path("requests").longValue(),
                line.path("seconds").doubleValue(),
                line.path("p50").doubleValue(),
                line.path("p99").doubleValue(),
                line.path("p999").doubleValue(),
                line.path("broken").longValue(),
                statuses);
    }

    double perSecond() {
        return requests / seconds;
    }

    /** Answers of one status per second. */
    double perSecond(int status) {
        return statuses.getOrDefault(status, 0L) / seconds;
    }

    /** Everything that was no success. */
    long failed() {
        return broken
                + statuses.entrySet().stream()
                        .filter(entry -> entry.getKey() < 200 || entry.getKey() > 399)
                        .mapToLong(Map.Entry::getValue)
                        .sum();
    }
}
