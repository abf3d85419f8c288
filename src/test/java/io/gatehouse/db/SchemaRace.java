package io.gatehouse.db;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.config.Settings.Postgres;
import io.gatehouse.support.Await;
import io.gatehouse.support.LauncherProcess;
import io.gatehouse.support.ServeProcess;
import io.gatehouse.support.TestService;
import io.gatehouse.support.TestStores;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/**
 * Two replicas and {@code db up} as real processes on one empty database. Runs are held up at chosen points and killed
 * there with SIGKILL; the next ones must finish by themselves. One round an object; not thread-safe.
 */
final class SchemaRace {

    /** Where a run is killed: a session of ours keeps it waiting there for as long as we like. */
    enum Point {
        BEFORE_THE_LOCK(
                false,
                "0001-create-users",
                "select pg_advisory_xact_lock(" + SchemaLock.RUN + ")",
                "query like 'select pg_try_advisory_lock%'"),
        IN_A_CHANGE(
                true,
                "0003-add-users-roles",
                "lock table users in access share mode",
                "wait_event_type = 'Lock' and query like 'alter table users%'"),
        RECORDING(
                true,
                "0003-add-users-roles",
                "lock table databasechangelog in share mode",
                "wait_event_type = 'Lock' and query ilike 'insert into %databasechangelog %'"),
        IN_AN_INDEX(
                false,
                "0006-create-sessions-ended-at-idx",
                """
                insert into sessions (id, token_hash, user_id, created_at, last_seen_at, expires_at, address, user_agent)
                select 1, sha256('1'), id, now(), now(), now() + interval '1 day', '192.0.2.1', 'test' from users""",
                "wait_event_type = 'Lock' and query like 'create index concurrently%'");

        /** Whether a run gives up there by itself after its lock timeout: nobody else may get there meanwhile. */
        private final boolean limited;

        private final String next;
        private final String hold;
        private final String waiting;

        Point(boolean limited, String next, String hold, String waiting) {
            this.limited = limited;
            this.next = next;
            this.hold = hold;
            this.waiting = waiting;
        }
    }

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final TestStores stores;
    private final Postgres database;
    private final Path folder;
    private final Random random;

    SchemaRace(TestStores stores, Path folder, Random random) {
        this.stores = stores;
        this.database = stores.emptyDatabase();
        this.folder = folder;
        this.random = random;
    }

    /** A run is killed at each of the points; two more must do the rest, and the replicas get ready by themselves. */
    void run(List<Point> points) throws Exception {
        CompletableFuture<ServeProcess> one = replica();
        CompletableFuture<ServeProcess> other = replica();
        try {
            for (Point point : points.subList(0, points.size() - 1)) {
                kill(point, 0, 0);
            }
            int early = points.getLast().limited ? 0 : random.nextInt(3);
            kill(points.getLast(), early, 2 - early);
            assertWhole();
            for (CompletableFuture<ServeProcess> replica : List.of(one, other)) {
                assertServes(replica.get());
            }
        } finally {
            one.get().kill();
            other.get().kill();
        }
    }

    /** With so many further runs that wait already when it happens, and so many that come while what it left is held. */
    private void kill(Point point, int early, int late) throws Exception {
        prepare(point);
        List<LauncherProcess> further = new ArrayList<>();
        try (Connection holder = TestStores.connect(database);
                Statement statement = holder.createStatement()) {
            holder.setAutoCommit(false);
            statement.execute(point.hold);
            try (LauncherProcess killed = up()) {
                awaitSessions(1, point.waiting, killed);
                for (int i = 0; i < early; i++) {
                    further.add(up());
                }
                int polling = point == Point.BEFORE_THE_LOCK ? early + 1 : early;
                awaitSessions(polling, Point.BEFORE_THE_LOCK.waiting, killed);
            }
            if (point.limited) {
                holder.commit();
            }
            for (int i = 0; i < late; i++) {
                further.add(up());
            }
            Await.pause(Duration.ofMillis(random.nextInt(1500)));
            holder.commit();
        }
        for (LauncherProcess run : further) {
            LauncherProcess.Ran ran = run.end();
            assertThat(ran.exitCode()).as(point + ": " + ran.output()).isZero();
        }
    }

    /**
     * PostgreSQL notices that a client has died when it next talks to it: the index build of a killed run goes on for as
     * long as it waits for our transaction, while a further run waits already. The build must end, and the further run
     * must not be in its way until then: waiting for its lock, and being waited for by it, would be a deadlock.
     */
    void runMeetsAKilledBuild() throws Exception {
        prepare(Point.IN_AN_INDEX);
        try (Connection holder = TestStores.connect(database);
                Statement statement = holder.createStatement();
                LauncherProcess killed = up()) {
            holder.setAutoCommit(false);
            statement.execute(Point.IN_AN_INDEX.hold);
            awaitSessions(1, Point.IN_AN_INDEX.waiting, killed);
            try (LauncherProcess further = up()) {
                awaitSessions(1, Point.BEFORE_THE_LOCK.waiting, further);
                killed.kill();
                String build = sessions(Point.IN_AN_INDEX.waiting);
                String met = sessions("wait_event_type = 'Lock' and query like 'drop index concurrently%'");
                Await.until(PATIENCE, () -> rows(build).isEmpty() || !rows(met).isEmpty());
                boolean ended = rows(build).isEmpty();
                holder.commit();
                LauncherProcess.Ran ran = further.end();
                assertThat(ran.exitCode()).as(ran.output()).isZero();
                assertThat(ended)
                        .as("the build has ended before the further run began")
                        .isTrue();
            }
        }
        assertWhole();
    }

    /** Up to the changeset at which it will be killed. */
    private void prepare(Point point) {
        Migrations migrations = new Migrations(database);
        int before = migrations.waiting().indexOf(point.next);
        if (before > 0) {
            migrations.up(before);
        }
        if (point == Point.IN_AN_INDEX) {
            TestStores.execute(
                    database, "insert into users (id, name, email, password) values (1, 'A', 'a@example.com', 'x')");
        }
    }

    private void awaitSessions(int count, String which, LauncherProcess killed) throws IOException {
        String sessions = sessions(which);
        assertThat(Await.until(
                        PATIENCE, () -> TestStores.rows(database, sessions).size() >= count))
                .as(which + ": " + killed.said())
                .isTrue();
    }

    private static String sessions(String which) {
        return "select pid from pg_stat_activity where datname = current_database()"
                + " and pid <> pg_backend_pid() and " + which;
    }

    private void assertWhole() {
        Postgres fresh = stores.newDatabase();
        assertThat(rows("select id from databasechangelog order by id"))
                .isEqualTo(TestStores.rows(fresh, "select id from databasechangelog order by id"))
                .doesNotHaveDuplicates();
        assertThat(rows("select orderexecuted from databasechangelog")).doesNotHaveDuplicates();
        assertThat(Catalog.of(database)).isEqualTo(Catalog.of(fresh));
        assertThat(rows("select indexrelid::regclass from pg_index where not indisvalid"))
                .isEmpty();
        assertThat(rows("select lockedby from databasechangeloglock where locked"))
                .isEmpty();
        assertThat(Await.until(
                        PATIENCE,
                        () -> rows("select l.pid from pg_locks l join pg_database d on d.oid = l.database"
                                        + " where d.datname = current_database() and locktype = 'advisory'")
                                .isEmpty()))
                .as("the advisory lock is free")
                .isTrue();
    }

    private static void assertServes(ServeProcess replica) {
        assertThat(Await.until(PATIENCE, () -> replica.operator().get("/ready").status() == 200))
                .as("ready without a restart")
                .isTrue();
        String email = "user" + replica.hashCode() + "@example.com";
        assertThat(replica.client().signedIn(email).get("/api/session").status())
                .isEqualTo(200);
    }

    private List<String> rows(String sql) {
        return TestStores.rows(database, sql);
    }

    private LauncherProcess up() throws IOException {
        return LauncherProcess.start(folder, environment(), "", "db", "up");
    }

    private CompletableFuture<ServeProcess> replica() {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return ServeProcess.serve(Files.createTempDirectory(folder, "replica"), environment());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private Map<String, String> environment() {
        Map<String, String> environment = new HashMap<>(TestStores.environment(database));
        environment.putAll(Map.of(
                "REDIS_HOST",
                stores.redis().host(),
                "REDIS_PORT",
                "" + stores.redis().port(),
                "REDIS_PASSWORD",
                stores.redis().password(),
                "REDIS_KEY_PREFIX",
                database.database() + ":",
                "COOKIE_SECRET",
                TestService.COOKIE_SECRET,
                "ECIES_PRIVATE_KEY",
                TestService.ECIES_PRIVATE_KEY));
        return environment;
    }
}
