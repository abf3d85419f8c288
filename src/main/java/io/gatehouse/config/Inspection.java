package io.gatehouse.config;

import java.util.List;
import java.util.Map;

/**
 * The outcome of reading the environment.
 *
 * @param settings what was read, defaults standing in for what is wrong
 * @param shown every key with its value in force, secrets masked, in the order of reading
 * @param problems what stops a start
 * @param warnings what does not
 */
public record Inspection(Settings settings, Map<String, String> shown, List<String> problems, List<String> warnings) {

    /**
     * The settings, if nothing is wrong.
     *
     * @throws InvalidSettingsException with every problem
     */
    public Settings orThrow() {
        if (!problems.isEmpty()) {
            throw new InvalidSettingsException(problems);
        }
        return settings;
    }
}
