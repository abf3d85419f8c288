package io.gatehouse.throttle;

import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Windows of this process, for as long as Redis is away. Bounded: past the bound the clients that were longest away
 * are forgotten. Thread-safe.
 */
final class LocalWindows {

    private static final int MOST_CLIENTS = 50_000;

    private final Clock clock;
    private final Map<String, List<Window>> clients = new LinkedHashMap<>(16, 0.75f, true);

    LocalWindows(Clock clock) {
        this.clock = clock;
    }

    synchronized Counted count(String key, Limits limits) {
        if (limits.tiers().isEmpty()) {
            return Counted.NONE;
        }
        long now = clock.millis();
        List<Window> windows = clients.computeIfAbsent(key, it -> fresh(limits, now));
        if (clients.size() > MOST_CLIENTS) {
            clients.remove(clients.keySet().iterator().next());
        }
        List<Counted.Outcome> outcomes = new ArrayList<>();
        for (Window window : windows) {
            Counted.Outcome outcome = window.hit(now);
            outcomes.add(outcome);
            if (outcome instanceof Counted.Blocked) {
                break;
            }
        }
        return limits.counted(outcomes);
    }

    private static List<Window> fresh(Limits limits, long now) {
        return limits.tiers().stream().map(tier -> new Window(tier, now)).toList();
    }
}
