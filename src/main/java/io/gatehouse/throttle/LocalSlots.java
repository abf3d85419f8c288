package io.gatehouse.throttle;

import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;

/** Slots of this process, for as long as Redis is away. Bounded like {@link LocalWindows}. Thread-safe. */
final class LocalSlots {

    private static final int MOST_KEYS = 50_000;

    private final Clock clock;
    private final Map<String, Deque<Long>> taken = new LinkedHashMap<>(16, 0.75f, true);

    LocalSlots(Clock clock) {
        this.clock = clock;
    }

    synchronized Attempts.Taken take(String key, Tier tier) {
        long now = clock.millis();
        long period = tier.period().toMillis();
        Deque<Long> times = taken.computeIfAbsent(key, it -> new ArrayDeque<>());
        while (!times.isEmpty() && times.getFirst() <= now - period) {
            times.removeFirst();
        }
        if (times.size() >= tier.limit()) {
            return new Attempts.Taken.Refused(Math.max(1, Math.ceilDiv(times.getFirst() + period - now, 1000L)));
        }
        times.addLast(now);
        if (taken.size() > MOST_KEYS) {
            taken.remove(taken.keySet().iterator().next());
        }
        return new Here(key, now);
    }

    private synchronized void giveBack(String key, long time) {
        Deque<Long> times = taken.get(key);
        if (times != null) {
            times.removeLastOccurrence(time);
        }
    }

    private synchronized void forget(String key) {
        taken.remove(key);
    }

    private final class Here implements Attempts.Taken.Slot {

        private final String key;
        private final long time;

        private Here(String key, long time) {
            this.key = key;
            this.time = time;
        }

        @Override
        public void giveBack() {
            LocalSlots.this.giveBack(key, time);
        }

        @Override
        public void forgetFailures() {
            forget(key);
        }
    }
}
