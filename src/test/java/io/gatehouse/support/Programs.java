package io.gatehouse.support;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** Programs of Debian's packages that tests drive. Stateless. */
public final class Programs {

    private Programs() {}

    /**
     * Skips the test where a program is missing, but not on CI and not in silence.
     *
     * @param untried what is not tried without it
     */
    public static void require(Path program, String untried) {
        if (Files.isExecutable(program)) {
            return;
        }
        String message = "SKIPPED: " + program + " is not installed, so " + untried;
        if (System.getenv("CI") != null) {
            throw new IllegalStateException(message);
        }
        System.err.println(message);
        assumeTrue(false, message);
    }
}
