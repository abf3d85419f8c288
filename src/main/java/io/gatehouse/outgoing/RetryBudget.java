package io.gatehouse.outgoing;

/**
 * How many further attempts a client may make: one for every ten calls, and ten on hand. When a target is down, ten per
 * cent more load reach it, not three times as much. Thread-safe.
 */
final class RetryBudget {

    private static final double MOST = 10;
    private static final double PER_CALL = 0.1;

    private double tokens = MOST;

    synchronized void called() {
        tokens = Math.min(MOST, tokens + PER_CALL);
    }

    /** Takes one, if there is one. */
    synchronized boolean take() {
        if (tokens < 1) {
            return false;
        }
        tokens--;
        return true;
    }
}
