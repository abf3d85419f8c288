package io.gatehouse.config;

import java.util.List;

/** The environment does not add up. Its message lists every problem, each naming its key and the mend. */
public final class InvalidSettingsException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    InvalidSettingsException(List<String> problems) {
        super("%d %s in the environment or .env:%n  - %s"
                .formatted(
                        problems.size(),
                        problems.size() == 1 ? "problem" : "problems",
                        String.join(System.lineSeparator() + "  - ", problems)));
    }
}
