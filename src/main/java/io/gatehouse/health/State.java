package io.gatehouse.health;

import java.util.Locale;

/** How well one thing does its part. */
public enum State {
    UP(1),

    /** The service works without it, but less well. */
    DEGRADED(0.5),

    /** The service cannot do its work. */
    DOWN(0);

    private final double share;

    State(double share) {
        this.share = share;
    }

    /** As metrics tell it: 1 is well, 0 is not. */
    double share() {
        return share;
    }

    /** As reports write it. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
