package io.gatehouse.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.config.Settings;
import io.gatehouse.config.Settings.Postgres;
import io.gatehouse.config.SettingsReader;
import io.gatehouse.db.Migrations;
import io.gatehouse.support.TestDatabase;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What DBAs do, on a database that is not ours. */
class DbCommandTest {

    @RegisterExtension
    private final TestDatabase database = new TestDatabase();

    @TempDir
    private Path folder;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final AtomicInteger seeded = new AtomicInteger();

    @Test
    void everyCommandSaysFirstWhereItWorks() {
        for (String action : List.of("status", "pending", "up", "sql", "rollback-sql")) {
            run(Map.of(), action);

            assertThat(said().lines().findFirst().orElse(""))
                    .as(action)
                    .contains(
                            "Database " + postgres().database(),
                            "127.0.0.1",
                            "as " + postgres().ddl().user())
                    .doesNotContain(postgres().ddl().password().value());
        }
    }

    @Test
    void statusTellsWhatIsAppliedWhatWaitsAndWhatIsUnknown() {
        database.execute("delete from databasechangelog where id like '0013%'");
        database.execute("insert into databasechangelog select '0099-of-tomorrow', author, filename, dateexecuted, 99,"
                + " exectype, md5sum from databasechangelog where id like '0001%'");

        assertThat(run(Map.of(), "status")).isZero();

        assertThat(said())
                .contains("  applied  0001-create-users")
                .contains("  waiting  0013-create-users-phone-key-id-idx")
                .contains("  unknown  0099-of-tomorrow")
                .contains("1 wait; apply them with ./gatehouse db up");
        run(Map.of(), "pending");
        assertThat(said()).contains("  waiting  0013").doesNotContain("  applied  ");
    }

    @Test
    void sqlIsPrintedAndNotRunAndDoesWhatUpDoes() throws Exception {
        run(Map.of(), "down", behind("0009"), "--yes");
        String before = database.query("select count(*) from databasechangelog");
        String waiting = Integer.toString(changeFiles() - Integer.parseInt(before));

        assertThat(run(Map.of(), "sql")).isZero();
        String sql = said();

        assertThat(database.query("select count(*) from databasechangelog")).isEqualTo(before);
        assertThat(sql).contains("alter table users", "create index concurrently users_phone_index_idx");
        run(Map.of(), "pending");
        assertThat(said()).contains(waiting + " wait");
        assertThat(sql)
                .as("what belongs together stays together in psql")
                .containsPattern(
                        "-- Changeset \\S+0010-add-users-phone::gatehouse\nbegin;\n(?s:.*?)\ncommit;\n\n-- Changeset")
                .containsPattern("0012-create-users-phone-index-idx::gatehouse\n-- For finding");
        // psql would run it statement by statement, too.
        for (String statement : withoutComments(sql).split(";\\s*\n", -1)) {
            if (!statement.isBlank()) {
                database.execute(statement);
            }
        }
        run(Map.of(), "pending");
        assertThat(said()).contains("Nothing waits.");
    }

    @Test
    void theReportTellsWhatWaitingChangesetsWouldLock() {
        run(Map.of(), "down", behind("0009"), "--yes");

        assertThat(run(Map.of(), "pending", "--report")).isZero();

        assertThat(said())
                .contains("0010-add-users-phone  BRIEF LOCK", "db/changes/0010_add_users_phone.sql, in one transaction")
                .contains("users: ACCESS EXCLUSIVE, blocks reads and writes; not read;")
                .contains("0011-validate-users-phone-check  SAFE ONLINE")
                .contains("users: SHARE UPDATE EXCLUSIVE, blocks other DDL and vacuum; read as a whole")
                .contains("create index concurrently users_phone_index_idx", "(by rule)", "each statement by itself")
                .contains("wait: brief lock (analysed on PostgreSQL 18")
                .doesNotContain("set local lock_timeout");
        assertThat(run(Map.of(), "pending", "--report", "--fail-on", "window")).isZero();
        assertThat(run(Map.of(), "pending", "--report", "--fail-on", "brief")).isEqualTo(1);
        assertThat(database.query("select count(*) from pg_attribute where attname = 'phone_sealed'"))
                .isEqualTo("0");
    }

    @Test
    void theReportIsAlsoForPrograms() {
        run(Map.of(), "down", behind("0009"), "--yes");

        assertThat(run(Map.of(), "pending", "--report", "--json")).isZero();

        JsonNode report = new JsonMapper().readTree(said());
        assertThat(report.path("database").stringValue()).isEqualTo(postgres().database());
        assertThat(report.path("verdict").stringValue()).isEqualTo("brief");
        JsonNode first = report.path("changesets").path(0);
        assertThat(first.path("id").stringValue()).isEqualTo("0010-add-users-phone");
        JsonNode effect = first.path("statements").path(1).path("effects").path(0);
        assertThat(effect.path("lock").stringValue()).isEqualTo("ACCESS EXCLUSIVE");
        assertThat(effect.path("blocksReads").booleanValue()).isTrue();
        assertThat(effect.path("rewritten").booleanValue()).isFalse();
    }

    @Test
    void rollbackSqlIsPrintedAndNotRun() {
        assertThat(run(Map.of(), "rollback-sql", behind("0011"))).isZero();

        assertThat(said())
                .contains("drop index concurrently if exists users_phone_key_id_idx", "users_phone_index_idx")
                .doesNotContain("drop column");
        run(Map.of(), "pending");
        assertThat(said()).contains("Nothing waits.");
    }

    @Test
    void downShowsWhatItWouldDestroyAndDoesNothingUntilTold() {
        database.execute("insert into users (id, name, email, password) values (1, 'Ada', 'a@example.com', 'x')");

        String count = behind("0008");
        assertThat(run(Map.of(), "down", count)).isEqualTo(1);

        assertThat(said())
                .contains("  to roll back  0013-create-users-phone-key-id-idx")
                .contains("  destroys table id_workers: 1024 rows")
                .contains("  destroys column users.phone_sealed: 0 values")
                .contains("add --yes")
                .doesNotContain("users.email", "table users");
        assertThat(database.query("select count(*) from id_workers")).isEqualTo("1024");

        assertThat(run(Map.of(), "down", count, "--yes")).isZero();
        assertThat(said()).contains("  rolled back   0009-create-id-workers");
        assertThat(database.query("select to_regclass('id_workers')")).isEqualTo("null");
        assertThat(database.query("select count(*) from users")).isEqualTo("1");
    }

    @Test
    void downDoesNotTakeBackWhatCameMeanwhile() {
        Migrations migrations = new Migrations(postgres());

        assertThatThrownBy(() -> migrations.down(List.of("0013-create-users-phone-key-id-idx")))
                .hasMessageContaining("Another run has changed what is applied; nothing was done");

        run(Map.of(), "pending");
        assertThat(said()).contains("Nothing waits.");
    }

    @Test
    void downRefusesWhatThisBuildDoesNotKnow() {
        database.execute("insert into databasechangelog select '0099-of-tomorrow', author, filename, dateexecuted, 99,"
                + " exectype, md5sum from databasechangelog where id like '0001%'");

        assertThat(run(Map.of(), "down", "--yes")).isEqualTo(1);
        assertThat(said()).contains("0099-of-tomorrow", "roll back with the build that has them");
    }

    @Test
    void freshDropsNothingUntilItIsSureAndThenEverything() {
        database.execute("insert into users (id, name, email, password) values (1, 'Ada', 'a@example.com', 'x')");
        database.execute("create table left_over (id int)");
        String name = postgres().database();
        for (List<String> unsure : List.of(
                List.of("fresh"),
                List.of("fresh", "--yes"),
                List.of("fresh", "--yes", "--database", "another"),
                List.of("fresh", "--database", name))) {
            assertThat(run(Map.of(), unsure.toArray(String[]::new)))
                    .as(unsure.toString())
                    .isEqualTo(1);
        }
        assertThat(run(Map.of("APP_ENV", "production"), "fresh", "--yes", "--database", name))
                .isEqualTo(1);
        assertThat(said()).contains("does not run in production");
        assertThat(database.query("select count(*) from users")).isEqualTo("1");

        assertThat(run(Map.of(), "fresh", "--seed", "--yes", "--database", name))
                .isZero();

        assertThat(database.query("select count(*) from users")).isEqualTo("0");
        assertThat(database.query("select to_regclass('left_over')")).isEqualTo("null");
        assertThat(seeded).hasValue(1);
    }

    @Test
    void seedsAreRefusedInProduction() {
        assertThat(run(Map.of("APP_ENV", "production"), "seed")).isEqualTo(1);
        assertThat(seeded).hasValue(0);
        assertThat(run(Map.of(), "seed")).isZero();
        assertThat(seeded).hasValue(1);
    }

    @Test
    void aNewChangesetIsNumberedIncludedAndComplete() throws Exception {
        Files.createDirectories(folder.resolve("changes"));
        Files.writeString(folder.resolve("changelog.yaml"), "databaseChangeLog:\n");
        Files.writeString(folder.resolve("changes").resolve("0041_create_things.sql"), "");

        new NewChange(folder, out()).run(List.of("new", "add-invoice"));

        String file = Files.readString(folder.resolve("changes").resolve("0042_add_invoice.sql"));
        assertThat(file)
                .startsWith("--liquibase formatted sql\n")
                .contains("--changeset gatehouse:0042-add-invoice\n", "--comment: ", "lock_timeout", "--rollback ");
        assertThat(Files.readString(folder.resolve("changelog.yaml"))).contains("file: changes/0042_add_invoice.sql");
        assertThat(said()).contains("0042_add_invoice.sql");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "sideways",
                "up 3",
                "up --yes",
                "down x",
                "down 0",
                "rollback-sql --yes",
                "new",
                "new Add",
                "new a b",
                "new ../x",
                "fresh x",
                "pending --json",
                "pending --report --fail-on safe",
                "pending --report --fail-on",
                "status --report",
                "status --seed",
                "seed --yes",
                "down --database x"
            })
    void wrongUsageIsSaid(String line) {
        List<String> arguments = line.isEmpty() ? List.of() : List.of(line.split(" ", -1));
        assertThatThrownBy(() -> DbCommand.requireKnown(arguments)).isInstanceOf(UsageException.class);
    }

    private static int changeFiles() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("db"))) {
            return (int) files.filter(file -> String.valueOf(file.getFileName()).matches("\\d{4}_.*\\.sql"))
                    .count();
        }
    }

    /** How many changesets have come since. */
    private String behind(String number) {
        return database.query("select count(*) from databasechangelog where orderexecuted > (select orderexecuted from"
                + " databasechangelog where id like '" + number + "%')");
    }

    private int run(Map<String, String> environment, String... arguments) {
        bytes.reset();
        Map<String, String> values = new HashMap<>(environment);
        values.put("DATA_DIR", Path.of("target", "test-stores").toString());
        Settings settings = SettingsReader.inspect(values, Clock.systemUTC()).settings();
        Command seeding = none -> {
            seeded.incrementAndGet();
            return 0;
        };
        return new DbCommand(settings.with(postgres(), settings.redis()), false, seeding, out())
                .run(List.of(arguments));
    }

    private Postgres postgres() {
        return database.settings();
    }

    private static String withoutComments(String sql) {
        return sql.replaceAll("(?m)^(\\s*--|\\\\set).*$", "");
    }

    private PrintStream out() {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }

    private String said() {
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
