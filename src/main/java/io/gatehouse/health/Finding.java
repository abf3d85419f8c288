package io.gatehouse.health;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a check found.
 *
 * @param figures and names, for operators only
 */
public record Finding(String name, State state, Map<String, Object> figures) {

    /** State and figures, as operators read them. */
    Map<String, Object> whole() {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("status", state.word());
        all.putAll(figures);
        return all;
    }
}
