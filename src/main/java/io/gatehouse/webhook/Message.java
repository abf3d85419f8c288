package io.gatehouse.webhook;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What is posted, by Standard Webhooks 1.0.
 *
 * @param id the same at every attempt, so that receivers can tell that they know it
 * @param body as it was written when it happened
 */
record Message(String id, String body) {

    /**
     * Of an event. The time is part of the id, because the number alone may come again: after a failover to a database
     * that had not heard of the last ones.
     */
    static Message of(long event, Instant at, String body) {
        return new Message("evt_%d_%d".formatted(event, at.toEpochMilli()), body);
    }

    /**
     * The headers that the receiver verifies.
     *
     * @param at of this attempt; receivers refuse what is older than some minutes
     * @param secrets each signs; a receiver knows one of them
     */
    Map<String, String> headers(Instant at, List<EndpointSecret> secrets) {
        String timestamp = Long.toString(at.getEpochSecond());
        String signed = id + "." + timestamp + "." + body;
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("webhook-id", id);
        headers.put("webhook-timestamp", timestamp);
        headers.put(
                "webhook-signature",
                secrets.stream().map(secret -> secret.sign(signed)).collect(Collectors.joining(" ")));
        return headers;
    }
}
