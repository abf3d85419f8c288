package io.gatehouse.db.locks;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.config.Settings.Postgres;
import io.gatehouse.db.locks.LabChange.Step;
import io.gatehouse.support.Await;
import io.gatehouse.support.TestStores;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.postgresql.PGConnection;

/** What the lab expects is what PostgreSQL does, and what a second session then can and cannot do. */
@Tag("soak")
class LockLabTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @RegisterExtension
    static final LabServers SERVERS = new LabServers();

    /**
     * One table after a statement.
     *
     * @param lock the strongest that the session has by then
     * @param waiting what a second session cannot do meanwhile
     */
    private record Seen(
            String table, @Nullable LockMode lock, boolean rewritten, boolean scanned, List<String> waiting) {}

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("io.gatehouse.db.locks.Lab#changes")
    void postgresDoesWhatTheManualSays(int version, LabChange change) throws Exception {
        Postgres database = SERVERS.prepared(version, change);
        try (Connection session = TestStores.connect(database);
                Connection second = TestStores.connect(database)) {
            LabWatch.remember(session);
            session.setAutoCommit(!change.transactional());
            LabProbe probe = new LabProbe(second);
            for (int i = 0; i < change.steps().size(); i++) {
                Step step = change.steps().get(i);
                List<Seen> seen =
                        step.heldBy().isPresent() ? held(database, session, probe, step) : run(session, probe, step);
                assertThat(seen).as(step.sql()).containsExactlyInAnyOrderElementsOf(expected(change, i, version));
            }
        }
    }

    private static List<Seen> run(Connection session, LabProbe probe, Step step) throws SQLException {
        LabWatch watch = new LabWatch(session, !session.getAutoCommit());
        Map<String, Long> before = watch.read();
        LabServers.run(session, step.sql());
        Set<String> scanned = watch.scannedSince(before);
        return seen(watch.locks(process(session)), watch.rewritten(), scanned, probe);
    }

    /** Lets a statement that takes no transaction wait for another's in its midst. */
    private static List<Seen> held(Postgres database, Connection session, LabProbe probe, Step step) throws Exception {
        LabWatch watch = new LabWatch(session, false);
        Map<String, Long> before = watch.read();
        List<Seen> waiting;
        try (Connection holder = TestStores.connect(database);
                Connection looker = TestStores.connect(database);
                var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            holder.setAutoCommit(false);
            LabServers.run(holder, step.heldBy().orElseThrow());
            Future<?> done = executor.submit(() -> {
                LabServers.run(session, step.sql());
                return true;
            });
            assertThat(Await.until(PATIENCE, () -> waits(looker, process(session))))
                    .as("waits for " + step.heldBy())
                    .isTrue();
            waiting = seen(new LabWatch(looker, false).locks(process(session)), Set.of(), Set.of(), probe);
            holder.rollback();
            done.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
        LabServers.run(session, "select pg_stat_force_next_flush()");
        Set<String> scanned = watch.scannedSince(before);
        Set<String> rewritten = watch.rewritten();
        return waiting.stream().map(seen -> done(seen, rewritten, scanned)).toList();
    }

    private static Seen done(Seen seen, Set<String> rewritten, Set<String> scanned) {
        boolean anew = rewritten.contains(seen.table());
        return new Seen(seen.table(), seen.lock(), anew, anew || scanned.contains(seen.table()), seen.waiting());
    }

    private static List<Seen> seen(
            Map<String, LockMode> locks, Set<String> rewritten, Set<String> scanned, LabProbe probe)
            throws SQLException {
        assertThat(locks.keySet()).as("what is read is locked").containsAll(scanned);
        List<Seen> seen = new ArrayList<>();
        for (String table : locks.keySet()) {
            Seen locked = new Seen(table, locks.get(table), false, false, probe.waiting(table));
            seen.add(done(locked, rewritten, scanned));
        }
        return seen;
    }

    private static List<Seen> expected(LabChange change, int step, int version) {
        Map<String, LockMode> locks = change.held(step, version);
        List<Touch> touches = change.steps().get(step).on(version);
        return locks.entrySet().stream()
                .map(lock -> expected(lock.getKey(), lock.getValue(), touches))
                .toList();
    }

    private static Seen expected(String table, LockMode lock, List<Touch> touches) {
        Touch touch = touches.stream()
                .filter(each -> each.table().equals(table))
                .findFirst()
                .orElse(Touch.locks(table, lock));
        List<String> probes = LabTables.probes(table);
        List<String> waiting = new ArrayList<>();
        for (int i = 0; i < probes.size(); i++) {
            boolean waits = i == 0 ? Touch.blocksReads(lock) : Touch.blocksWrites(lock);
            if (waits || (i == 2 && touch.rowsLocked())) {
                waiting.add(probes.get(i));
            }
        }
        return new Seen(table, lock, touch.rewritten(), touch.scanned(), waiting);
    }

    private static int process(Connection connection) {
        try {
            return connection.unwrap(PGConnection.class).getBackendPID();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean waits(Connection looker, int process) {
        String sql = "select 1 from pg_stat_activity where wait_event_type = 'Lock' and pid = ?";
        try (PreparedStatement statement = looker.prepareStatement(sql)) {
            statement.setInt(1, process);
            try (ResultSet found = statement.executeQuery()) {
                return found.next();
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
