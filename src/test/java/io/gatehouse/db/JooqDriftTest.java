package io.gatehouse.db;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.command.JooqCommand;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JooqDriftTest {

    private static final Path WORK = Path.of("target", "jooq-test");

    @Test
    void committedClassesAreWhatTheChangelogsGive() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();

        int code = check(Path.of("jooq-gen"), out);

        assertThat(code).as(out.toString(StandardCharsets.UTF_8)).isZero();
    }

    @Test
    void staleClassesAreNamed(@TempDir Path stale) throws Exception {
        Path table = stale.resolve("io/gatehouse/db/gen/tables/Users.java");
        Files.createDirectories(table.getParent());
        Files.writeString(table, "// stale");
        ByteArrayOutputStream out = new ByteArrayOutputStream();

        assertThat(check(stale, out)).isEqualTo(1);
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("differs  io/gatehouse/db/gen/tables/Users.java")
                .contains("run ./gatehouse jooq and commit the result");
        assertThat(table).hasContent("// stale");
    }

    private static int check(Path committed, ByteArrayOutputStream out) {
        PrintStream print = new PrintStream(out, true, StandardCharsets.UTF_8);
        return new JooqCommand(WORK, committed, print).run(List.of("--check"));
    }
}
