package io.gatehouse.webhook;

import java.io.PrintStream;
import java.net.URI;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;

/** Tables about webhooks for a terminal. Times in UTC. */
final class WebhookReport {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(ZoneOffset.UTC);
    private static final String ENDPOINT = "%-20s %-9s %-19s  %s%n";
    private static final String DELIVERY = "%-12s %-16s %-9s %8s  %-19s  %-19s  %s%n";

    private final PrintStream out;

    WebhookReport(PrintStream out) {
        this.out = out;
    }

    void endpoints(List<Endpoint> endpoints) {
        out.printf(ENDPOINT, "ENDPOINT", "STATUS", "FAILING SINCE", "URL AND EVENTS");
        for (Endpoint each : endpoints) {
            out.printf(
                    ENDPOINT,
                    each.id(),
                    each.status().text(),
                    each.failingSince().map(TIME::format).orElse(""),
                    shown(each.url()) + "  " + String.join(",", each.events()));
        }
    }

    void deliveries(List<Delivery> deliveries) {
        out.printf(DELIVERY, "EVENT", "TYPE", "STATE", "ATTEMPTS", "LAST", "NEXT", "RESULT");
        for (Delivery each : deliveries) {
            out.printf(
                    DELIVERY,
                    each.event(),
                    each.type(),
                    each.state().text(),
                    each.attempts(),
                    each.last().map(WebhookReport::time).orElse(""),
                    each.state().open() ? time(each.next()) : "",
                    each.result().orElse(""));
        }
    }

    /** Senders of webhooks are often told apart by a token in the query. */
    private static String shown(URI url) {
        return url.getRawQuery() == null ? url.toString() : url.toString().replace(url.getRawQuery(), "…");
    }

    private static String time(Instant time) {
        return TIME.format(time);
    }
}
