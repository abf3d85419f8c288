package io.gatehouse;

import io.gatehouse.support.Await;
import io.gatehouse.support.TestStores;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The purge of sessions, due every second instead of every hour: as soon as it is done, its ticks go back by an hour, and
 * thousands of sessions become old enough to be purged.
 */
final class KilledJob implements AutoCloseable {

    private static final Duration EVERY = Duration.ofSeconds(1);

    /** Several transactions of the purge. */
    private static final int ROWS = 6000;

    private static final String IS_DONE = """
            name = 'session-purge' and runner is null
            and tick_at >= date_bin('1 hour', clock_timestamp(), timestamptz '2000-01-01 00:17Z')""";

    private final Callable<Connection> database;
    private final Thread thread;
    private volatile boolean stopped;
    private final AtomicInteger due = new AtomicInteger();

    /** Begins at once; needs an account. */
    KilledJob(Callable<Connection> database) {
        this.database = database;
        this.thread = Thread.ofVirtual().name("due").start(this::work);
    }

    /** How often it became due. */
    int due() {
        return due.get();
    }

    /** Whether it is being run, by a replica that may have gone. */
    boolean running() {
        return isTrue("select exists (select from jobs where name = 'session-purge' and runner is not null)");
    }

    /** Whether the last tick is completed, or given up. */
    boolean done() {
        return isTrue("select exists (select from jobs where " + IS_DONE + ")");
    }

    /** What it should have purged and did not. */
    String leftOver() {
        return query("select count(*) from sessions where id <= " + (long) ROWS * due());
    }

    /** The first column of the first row, as text. */
    String query(String sql) {
        return rows(sql).getFirst();
    }

    List<String> rows(String sql) {
        try (Connection connection = database.call()) {
            return TestStores.rows(connection, sql);
        } catch (Exception e) {
            throw new IllegalStateException(sql, e);
        }
    }

    private boolean isTrue(String sql) {
        return query(sql).equals("t");
    }

    /** Not due any more. */
    void stop() {
        stopped = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        stop();
    }

    private void work() {
        while (!stopped) {
            Await.pause(EVERY);
            makeDue();
        }
    }

    private void makeDue() {
        try (Connection connection = database.call();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            if (anHourPasses(statement)) {
                sessionsGrowOld(statement);
                connection.commit();
                int _ = due.incrementAndGet();
            }
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean anHourPasses(Statement statement) throws SQLException {
        boolean done = statement.executeUpdate("""
                update jobs set tick_at = tick_at - interval '1 hour', running_tick = running_tick - interval '1 hour'
                where\s""" + IS_DONE) == 1;
        if (done) {
            // Somewhere in the past, by the fence: a tick is completed once.
            int _ = statement.executeUpdate("""
                    update job_runs set tick_at = timestamptz '2000-01-01 00:17Z' + fence * interval '1 hour'
                    where job = 'session-purge' and tick_at > '2020-01-01'""");
        }
        return done;
    }

    /** Ids that no Snowflake has. */
    private void sessionsGrowOld(Statement statement) throws SQLException {
        long before = (long) ROWS * due();
        int _ = statement.executeUpdate("""
                insert into sessions (id, token_hash, user_id, created_at, last_seen_at, expires_at, address, user_agent,
                    ended_at, end_reason)
                select n, sha256(n::text::bytea), (select min(id) from users), now() - interval '50 days',
                    now() - interval '41 days', now() - interval '20 days', '127.0.0.1', 'old',
                    now() - interval '40 days', 'logout'
                from generate_series(%d, %d) n""".formatted(before + 1, before + ROWS));
    }
}
