package io.gatehouse.db.lint;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.command.NewChange;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code db new} writes lacks what only its author can say, and nothing else. */
class NewChangeTest {

    @Test
    void lintAsksForCommentRollbackAndChecksum(@TempDir Path parent) throws Exception {
        CopiedDb db = new CopiedDb(parent);
        ByteArrayOutputStream said = new ByteArrayOutputStream();

        new NewChange(db.folder(), new PrintStream(said, true, StandardCharsets.UTF_8))
                .run(List.of("new", "add-invoice"));

        assertThat(ChangelogLint.findings(db.folder()))
                .satisfiesExactly(
                        comment ->
                                assertThat(comment).contains("_add_invoice.sql: has no comment that says what it does"),
                        rollback -> assertThat(rollback)
                                .contains("_add_invoice.sql: its rollback has no SQL in \"(what takes it back)\""));
        assertThat(Checksums.findings(db.folder()))
                .singleElement()
                .asString()
                .contains("_add_invoice.sql is not frozen: when it is ready to land, add this line");
        assertThat(said.toString(StandardCharsets.UTF_8)).contains("db/checksums.txt");
    }
}
