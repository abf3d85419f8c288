package io.gatehouse.config;

import io.gatehouse.config.Settings.Outgoing;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Reads the keys of clients of other servers: {@code OUTGOING_}, the client's name, and what it may do. Lives for one
 * reading.
 */
final class OutgoingSettings {

    /** Every client there is. A new one is a name here and its lines in {@code .env.sample}. */
    private static final List<String> NAMES = List.of("webhook");

    private static final String HOST = "(\\*\\.)?[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|[0-9A-Fa-f:.]+";

    private final KeyReader keys;

    OutgoingSettings(KeyReader keys) {
        this.keys = keys;
    }

    /** All of them by name. */
    Map<String, Outgoing> clients() {
        return NAMES.stream()
                .collect(Collectors.toUnmodifiableMap(
                        Function.identity(), name -> client("OUTGOING_" + name.toUpperCase(Locale.ROOT))));
    }

    private Outgoing client(String prefix) {
        Duration connect = keys.millis(prefix + "_CONNECT_TIMEOUT_MS", 2_000, 50, 60_000);
        Duration read = keys.millis(prefix + "_READ_TIMEOUT_MS", 5_000, 50, 60_000);
        Duration total = keys.millis(prefix + "_TIMEOUT_MS", 10_000, 100, 300_000);
        if (connect.compareTo(total) > 0) {
            keys.problem(
                    prefix + "_CONNECT_TIMEOUT_MS",
                    "is longer than %s_TIMEOUT_MS; make it the shorter of the two".formatted(prefix));
        }
        return new Outgoing(
                connect,
                read,
                total,
                keys.integer(prefix + "_CONNECTIONS", 32, 1, 1000),
                keys.integer(prefix + "_BODY_LIMIT_KIB", 64, 1, 10_240) * 1024,
                keys.integer(prefix + "_RETRIES", 0, 0, 10),
                hosts(prefix + "_ALLOWED_HOSTS"),
                addresses(prefix + "_ALLOWED_ADDRESSES"));
    }

    private List<String> hosts(String key) {
        List<String> hosts = keys.list(key);
        hosts.stream()
                .filter(host -> !host.matches(HOST))
                .forEach(host -> keys.problem(
                        key,
                        "holds \"%s\"; write names or addresses such as api.example.com or *.example.com"
                                .formatted(host)));
        return hosts;
    }

    private List<Cidr> addresses(String key) {
        List<String> ranges = keys.list(key);
        ranges.stream()
                .filter(range -> Cidr.parse(range).isEmpty())
                .forEach(range -> keys.problem(
                        key,
                        "holds \"%s\"; write addresses or ranges such as 10.0.0.0/8 or fd00::/8".formatted(range)));
        return ranges.stream().flatMap(range -> Cidr.parse(range).stream()).toList();
    }
}
