package io.gatehouse.db;

import io.gatehouse.config.Settings.Postgres;
import io.helidon.config.Config;
import io.helidon.config.ConfigSources;
import io.helidon.dbclient.DbClient;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jooq.Configuration;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.conf.RenderQuotedNames;
import org.jooq.conf.Settings;
import org.jooq.impl.DSL;
import org.jooq.impl.DefaultConfiguration;

/**
 * The database behind one pool. Helidon's DbClient owns the pool (HikariCP); jOOQ borrows a connection from it for
 * one piece of work at a time, under one deadline for permit, connection and statements together. Thread-safe.
 */
public class Database implements Transactions, AutoCloseable {

    /** Callers that may wait for each connection; a longer queue could not be served before its deadline. */
    private static final int WAITERS_PER_CONNECTION = 32;

    /** A pool that has just lost its server needs this long to give up on a connection; HikariCP's minimum is 250. */
    private static final int LEAST_CONNECTION_TIMEOUT_MS = 250;

    private final DbClient client;
    private final Configuration jooq;
    private final Deadlines deadlines = new Deadlines();
    private final Semaphore permits;
    private final int mostWaiters;
    private final Duration timeout;
    private final PoolMeters meters;

    /** The server need not be there yet. Nothing is counted. */
    protected Database(Postgres settings) {
        this(settings, "gatehouse", new SimpleMeterRegistry());
    }

    private Database(Postgres settings, String pool, MeterRegistry meters) {
        PoolWatch.Watched<DbClient> watched =
                PoolWatch.watch(() -> DbClient.create(Config.just(ConfigSources.create(poolConfig(settings, pool)))));
        this.client = watched.made();
        this.permits = new Semaphore(settings.poolSize(), true);
        this.mostWaiters = settings.poolSize() * WAITERS_PER_CONNECTION;
        this.timeout = settings.timeout();
        this.meters = new PoolMeters(pool, permits, watched.figures(), meters);
        this.jooq = new DefaultConfiguration()
                .set(SQLDialect.POSTGRES)
                .set(new Settings()
                        .withExecuteLogging(false)
                        .withRenderSchema(false)
                        .withRenderQuotedNames(RenderQuotedNames.EXPLICIT_DEFAULT_UNQUOTED));
    }

    /** Opens a pool of which nothing is counted; the server need not be there yet. */
    public static Database open(Postgres settings) {
        return new Database(settings);
    }

    /**
     * Opens the pool; the server need not be there yet.
     *
     * @param pool its name in logs and metrics
     */
    public static Database open(Postgres settings, String pool, MeterRegistry meters) {
        return new Database(settings, pool, meters);
    }

    /** For health checks; everything else goes through jOOQ. */
    public DbClient client() {
        return client;
    }

    /**
     * One statement outside a transaction.
     *
     * @throws DatabaseUnavailableException when the database cannot do the work before the deadline
     */
    public <T> T read(Function<DSLContext, T> work) {
        return attempt(work);
    }

    /**
     * Several statements in one transaction, committed when {@code work} returns and rolled back when it throws.
     * Inside it only SQL: no Redis, mail or HTTP. Run once more when another transaction got in its way.
     *
     * @throws DatabaseUnavailableException when the database cannot do the work before the deadline
     */
    @Override
    public <T> T tx(Function<DSLContext, T> work) {
        return attempt(sql -> sql.transactionResult(inner -> work.apply(inner.dsl())));
    }

    @Override
    public void close() {
        client.close();
        deadlines.close();
    }

    private <T> T attempt(Function<DSLContext, T> work) {
        long deadline = System.nanoTime() + timeout.toNanos();
        try {
            return once(work, deadline);
        } catch (RuntimeException e) {
            if (SqlFailure.of(e) != SqlFailure.RETRY) {
                throw translated(e);
            }
        }
        try {
            return once(work, deadline);
        } catch (RuntimeException e) {
            throw translated(e);
        }
    }

    private <T> T once(Function<DSLContext, T> work, long deadline) {
        long start = System.nanoTime();
        acquirePermit(deadline);
        try (Connection connection = connection()) {
            long had = System.nanoTime();
            meters.waited(had - start);
            // The watch does it, at less cost.
            connection.setNetworkTimeout(Runnable::run, 0);
            try (Deadlines.Watch _ = deadlines.watch(connection, deadline)) {
                return work.apply(DSL.using(jooq.derive(connection)));
            } finally {
                meters.used(System.nanoTime() - had);
            }
        } catch (SQLException e) {
            throw new DatabaseUnavailableException("The database connection failed", e);
        } finally {
            permits.release();
        }
    }

    private void acquirePermit(long deadline) {
        // The connection has to be had in the other half of the time.
        long wait = millisLeft(deadline) / 2;
        try {
            if (permits.getQueueLength() >= mostWaiters || !permits.tryAcquire(wait, TimeUnit.MILLISECONDS)) {
                meters.timedOut();
                throw new DatabaseUnavailableException("Every connection to the database is in use", null);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DatabaseUnavailableException("Interrupted while waiting for a connection", e);
        }
    }

    private Connection connection() {
        try {
            return client.unwrap(Connection.class);
        } catch (RuntimeException e) {
            meters.timedOut();
            throw e;
        }
    }

    private static long millisLeft(long deadline) {
        return Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime()));
    }

    private static RuntimeException translated(RuntimeException e) {
        if (e instanceof DatabaseUnavailableException) {
            return e;
        }
        return switch (SqlFailure.of(e)) {
            case BUG -> e;
            case NO_SCHEMA ->
                new DatabaseUnavailableException("The schema is not there, or older than this build; run db up", e);
            case RETRY, UNAVAILABLE -> new DatabaseUnavailableException("The database did not answer in time", e);
        };
    }

    private static Map<String, String> poolConfig(Postgres settings, String pool) {
        long timeoutMs = settings.timeout().toMillis();
        return Map.ofEntries(
                Map.entry("source", "jdbc"),
                Map.entry("connection.url", JdbcUrl.of(settings)),
                Map.entry("connection.username", settings.login().user()),
                Map.entry("connection.password", settings.login().password().value()),
                Map.entry("connection.poolName", pool),
                Map.entry("connection." + PoolWatch.SETTING, PoolWatch.class.getName()),
                Map.entry("connection.maximumPoolSize", Integer.toString(settings.poolSize())),
                Map.entry(
                        "connection.connectionTimeout",
                        Long.toString(Math.max(LEAST_CONNECTION_TIMEOUT_MS, timeoutMs / 2))),
                Map.entry("connection.validationTimeout", Integer.toString(LEAST_CONNECTION_TIMEOUT_MS)),
                Map.entry("connection.initializationFailTimeout", "-1"),
                // For those who use the pool through DbClient, without a deadline of their own.
                Map.entry("connection.dataSource.socketTimeout", Long.toString(Math.ceilDiv(timeoutMs, 1000))),
                Map.entry("connection.connectionInitSql", settings.pooler() ? "select 1" : limits(timeoutMs)));
    }

    /** Through a pooler a setting would stay behind on a connection of whoever comes next. */
    private static String limits(long timeoutMs) {
        return "set statement_timeout = %d; set lock_timeout = %d; set idle_in_transaction_session_timeout = %d"
                .formatted(timeoutMs, timeoutMs, 2 * timeoutMs);
    }
}
