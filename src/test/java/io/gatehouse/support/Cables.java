package io.gatehouse.support;

import java.time.Duration;
import java.util.List;

/** The cables to all nodes of a store, handled as one. */
public record Cables(List<Cable> all) {

    static Cables of(Cable cable) {
        return new Cables(List.of(cable));
    }

    public void pull() {
        all.forEach(Cable::pull);
    }

    /** Swallows everything from now on. */
    public void silence() {
        all.forEach(Cable::silence);
    }

    /** What the store answers comes later by this from now on. */
    public void slow(Duration by) {
        all.forEach(cable -> cable.slow(by));
    }

    public void plug() {
        all.forEach(Cable::plug);
    }
}
