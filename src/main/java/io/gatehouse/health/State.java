package io.gatehouse.health;

import java.util.Locale;

/** How well one thing does its part. */
public enum State {
    UP,

    /** The service works without it, but less well. */
    DEGRADED,

    /** The service cannot do its work. */
    DOWN;

    /** As reports write it. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
