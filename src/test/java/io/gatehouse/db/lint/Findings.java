package io.gatehouse.db.lint;

import java.util.ArrayList;
import java.util.List;

/** Collects what is wrong and the mend. Not thread-safe. */
final class Findings {

    private final List<String> all = new ArrayList<>();

    /** @param place a file, table or column */
    void add(Object place, String wrong, String mend) {
        all.add(place + ": " + wrong + "; " + mend);
    }

    List<String> all() {
        return List.copyOf(all);
    }
}
