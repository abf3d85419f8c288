package io.gatehouse.user;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.config.Settings.Postgres;
import io.gatehouse.support.LauncherProcess;
import io.gatehouse.support.LauncherProcess.Ran;
import io.gatehouse.support.NodeDatabase;
import io.gatehouse.support.NodeUsers;
import io.gatehouse.support.TestService;
import io.gatehouse.support.TestStores;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** 100,000 users adopted by {@code ./gatehouse db up}; says how long the Node service would have had to stand still. */
@Tag("soak")
class AdoptionSoakTest {

    private static final int USERS = 100_000;
    private static final int SAMPLED = 100;

    private static final List<String> BEFORE = new ArrayList<>();

    @RegisterExtension
    private static final TestService SERVICE = new TestService()
            .with("SNOWFLAKE_EPOCH", NodeDatabase.EPOCH.toString())
            .on(AdoptionSoakTest::adopted);

    private static Postgres adopted(TestStores stores) {
        Postgres database = NodeUsers.make(stores, USERS, SAMPLED);
        BEFORE.addAll(NodeDatabase.users(database));
        String began = TestStores.query(database, "select clock_timestamp()::timestamp");
        long start = System.nanoTime();
        Ran up = up(database);
        Duration taken = Duration.ofNanos(System.nanoTime() - start);
        assertThat(up.exitCode()).as(up.output()).isZero();
        System.out.println("Adopted " + USERS + " users by db up, its JVM included, in " + taken.toMillis() + " ms");
        System.out.println("Of that by changeset, the first with the start of the JVM:");
        times(database, began).forEach(System.out::println);
        return database;
    }

    /** Liquibase writes when a changeset was done. */
    private static List<String> times(Postgres database, String began) {
        return NodeDatabase.rows(database, """
                select id || ' ' || dateexecuted - lag(dateexecuted, 1, timestamp '%s') over (order by orderexecuted)
                  from databasechangelog order by orderexecuted limit 4""".formatted(began));
    }

    private static Ran up(Postgres database) {
        try {
            Path folder = Files.createDirectories(Path.of("target", "adoption"));
            return LauncherProcess.run(folder, NodeUsers.environment(database), "", "db", "up");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Test
    void everyRowIsKeptAndTheSampleSignsIn() {
        assertThat(NodeDatabase.users(SERVICE.database()))
                .hasSize(USERS)
                .isEqualTo(BEFORE.stream()
                        .map(row -> row.replaceFirst("User(\\d+)@Example.com", "user$1@example.com"))
                        .toList());

        NodeUsers.signIn(SERVICE, BEFORE, SAMPLED);
    }
}
