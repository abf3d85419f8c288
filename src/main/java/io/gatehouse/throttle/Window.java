package io.gatehouse.throttle;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * One client's requests on one route against one tier: the rules of {@code windows.lua}, in this process. Always in
 * sub-windows once the limit is above {@link #MOST_LOGGED}. Not thread-safe.
 */
final class Window {

    private static final int MOST_LOGGED = 100;
    private static final int SUB_WINDOWS = 16;

    private final Tier tier;
    private final long period;
    /** Length of a sub-window, ms; 1 means that every hit keeps its own time. */
    private final long width;

    private final Deque<SubWindow> counted = new ArrayDeque<>();
    private long hits;
    private long resetAt;
    private long blockedUntil;

    private record SubWindow(long number, long hits) {}

    Window(Tier tier, long now) {
        this.tier = tier;
        this.period = tier.period().toMillis();
        this.width = tier.limit() > MOST_LOGGED ? Math.ceilDiv(period, (long) SUB_WINDOWS) : 1;
        this.resetAt = now + period;
    }

    Counted.Outcome hit(long now) {
        if (resetAt <= now || resetAt > now + period) {
            resetAt = now + period;
        }
        if (blockedUntil > now) {
            return new Counted.Blocked(tier, seconds(Math.min(blockedUntil - now, period)));
        }
        if (blockedUntil > 0) {
            forget();
        }
        add(now);
        if (hits > tier.limit()) {
            forget();
            blockedUntil = now + period;
            return new Counted.Blocked(tier, seconds(period));
        }
        return new Counted.Allowed(tier, tier.limit() - hits, seconds(resetAt - now));
    }

    private void forget() {
        counted.clear();
        hits = 0;
        blockedUntil = 0;
    }

    private void add(long now) {
        // A hit at t leaves at t + period; a sub-window leaves when all of it has.
        long oldest = width == 1 ? now - period + 1 : Math.floorDiv(now - period, width);
        while (!counted.isEmpty() && counted.getFirst().number() < oldest) {
            hits -= counted.removeFirst().hits();
        }
        long current = Math.floorDiv(now, width);
        SubWindow last = counted.peekLast();
        if (last != null && last.number() >= current) {
            counted.removeLast();
            counted.addLast(new SubWindow(last.number(), last.hits() + 1));
        } else {
            counted.addLast(new SubWindow(current, 1));
        }
        hits++;
    }

    private static long seconds(long millis) {
        return Math.ceilDiv(millis, 1000L);
    }
}
