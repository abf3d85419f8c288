package io.gatehouse.db.lint;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The files of {@code db/} as they stand. */
class ChangelogTest {

    private static final Path DB = Path.of("db");

    @Test
    void everyFileKeepsTheRules() {
        assertThat(ChangelogLint.findings(DB)).isEmpty();
    }

    @Test
    void nothingThatLandedWasEdited() {
        assertThat(Checksums.findings(DB)).isEmpty();
    }
}
