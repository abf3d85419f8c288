package io.gatehouse.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.config.Settings.Postgres;
import io.gatehouse.db.Migrations;
import io.gatehouse.db.locks.LockAnalysis;
import io.gatehouse.db.locks.LockMode;
import io.gatehouse.db.locks.Report.Change;
import io.gatehouse.db.locks.Report.Effect;
import io.gatehouse.support.LauncherProcess;
import io.gatehouse.support.LauncherProcess.Ran;
import io.gatehouse.support.NodeDatabase;
import io.gatehouse.support.NodeUsers;
import io.gatehouse.support.Programs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The commands on a database of the Node service, from outside. */
class AdoptionCommandTest {

    private static final Path PSQL = Path.of("/usr/bin/psql");

    @RegisterExtension
    private final NodeDatabase node = new NodeDatabase();

    @TempDir
    private Path folder;

    @Test
    void upStopsWithTheListAndExitCodeOneAndShowsNoRow() throws Exception {
        NodeDatabase.add(node.settings(), "abc", "Secret@example.com", "$argon2id$secret");
        NodeDatabase.add(node.settings(), "1", "secret@example.com", "$argon2id$secret");

        Ran ran = launcher("db", "up");

        assertThat(ran.exitCode()).isEqualTo(1);
        assertThat(ran.output())
                .contains("The users of the Node service cannot be adopted; nothing was changed:")
                .contains("  id is no positive number of 64 bits: 1 rows, ids 'abc'")
                .contains("  email is that of another account, but for case or blanks: 2 rows, ids '1', 'abc'")
                .doesNotContainIgnoringCase("secret@")
                .doesNotContain("argon2id", "\tat ");
    }

    @Test
    void theSqlThatIsPrintedDoesTheSameInPsql() throws Exception {
        Programs.require(PSQL, "the printed SQL was not tried in it");
        NodeDatabase.fill(node.settings(), 100, "a-hash");
        Postgres twin = NodeDatabase.make(node.stores());
        NodeDatabase.fill(twin, 100, "a-hash");
        new Migrations(twin, NodeDatabase.EPOCH).up();
        Path sql = Files.writeString(folder.resolve("up.sql"), node.migrations().upSql());

        assertThat(psql("-v", "ON_ERROR_STOP=1", "-q", "-f", sql.toString())).isZero();

        assertThat(NodeDatabase.catalog(node.settings())).isEqualTo(NodeDatabase.catalog(twin));
        assertThat(NodeDatabase.users(node.settings())).isEqualTo(NodeDatabase.users(twin));
        assertThat(node.migrations().up()).isEmpty();
    }

    @Test
    void theReportSaysWhatLocksUsers() {
        NodeDatabase.fill(node.settings(), 100, "a-hash");
        node.execute("analyze users");

        try (ScratchDatabase scratch = ScratchDatabase.below(Path.of("target", "test-stores"))) {
            List<Change> changes = new LockAnalysis(node.settings(), scratch.settings())
                    .of(node.migrations().planned())
                    .changes();

            assertThat(lock(changes, "adopt-0001-check-node-users")).isEqualTo(LockMode.ACCESS_SHARE);
            assertThat(lock(changes, "adopt-0002-set-aside-node-users")).isEqualTo(LockMode.ACCESS_EXCLUSIVE);
            assertThat(lock(changes, "adopt-0003-adopt-node-users")).isEqualTo(LockMode.ACCESS_EXCLUSIVE);
        }
    }

    @Test
    void goingBackDestroysNoUser() throws Exception {
        NodeDatabase.fill(node.settings(), 20, "a-hash");
        String count = Integer.toString(node.migrations().up().size());
        Map<String, String> scratch = Map.of(
                "DATA_DIR", Path.of("target", "test-stores").toAbsolutePath().toString());

        Ran ran = launcher(scratch, "db", "down", count);

        assertThat(ran.output())
                .contains("  destroys table sessions: 0 rows", "  destroys column users.roles: 20 values")
                .doesNotContain("table users:", "users.email", "users.id", "mikro_orm");
        node.migrations().down(Integer.parseInt(count));
        assertThat(node.query("select count(*) || ' ' || pg_typeof(min(id)) from users"))
                .isEqualTo("20 text");
    }

    private static LockMode lock(List<Change> changes, String id) {
        return changes.stream()
                .filter(change -> change.id().equals(id))
                .flatMap(change -> change.steps().stream())
                .flatMap(step -> step.effects().stream())
                .filter(effect -> effect.table().equals("users"))
                .map(Effect::lock)
                .max(Comparator.naturalOrder())
                .orElseThrow();
    }

    private Ran launcher(String... arguments) throws Exception {
        return launcher(Map.of(), arguments);
    }

    private Ran launcher(Map<String, String> more, String... arguments) throws Exception {
        Map<String, String> environment = new HashMap<>(NodeUsers.environment(node.settings()));
        environment.putAll(more);
        return LauncherProcess.run(folder, environment, "", arguments);
    }

    private int psql(String... arguments) throws IOException, InterruptedException {
        Postgres database = node.settings();
        List<String> line = new ArrayList<>(List.of(PSQL.toString(), "-X"));
        line.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(line)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("psql.txt").toFile());
        builder.environment()
                .putAll(Map.of(
                        "PGHOST", database.addresses().getFirst().host(),
                        "PGPORT",
                                Integer.toString(database.addresses().getFirst().port()),
                        "PGDATABASE", database.database(),
                        "PGUSER", database.ddl().user(),
                        "PGPASSWORD", database.ddl().password().value()));
        return builder.start().waitFor();
    }
}
