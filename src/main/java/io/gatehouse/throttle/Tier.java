package io.gatehouse.throttle;

import java.time.Duration;

/**
 * One limit of several: so many requests within any period of this length.
 *
 * @param name as in the suffix of its headers; {@code default} has none
 */
public record Tier(String name, int limit, Duration period) {

    String suffix() {
        return name.equals("default") ? "" : "-" + name;
    }
}
