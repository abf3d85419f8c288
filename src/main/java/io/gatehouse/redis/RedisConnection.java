package io.gatehouse.redis;

import io.gatehouse.config.Settings.Redis;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisException;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one shared connection to Redis, a single server or a cluster. Commands are sent asynchronously and awaited on
 * the caller's virtual thread for at most the configured time, which all calls of a request share ({@link RedisTime}).
 * A server that is away at start is looked for once a second; one that goes away later is reconnected to by Lettuce. A
 * {@link RedisBreaker} stands before it. Thread-safe.
 */
public class RedisConnection implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(RedisConnection.class);

    /** Callers that may wait for a lost connection at once; more are refused. */
    private static final int MOST_WAITING = 4096;

    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final long POLL_MS = 5;

    /** What the start of a call may take of its time without being counted. */
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(RedisClients.TICK_MS);

    private final Duration timeout;
    private final int retries;
    private final boolean mayWait;

    /**
     * Not a cluster: keys of any slot may go into one command, and Lettuce's timer runs from its start (in a cluster
     * only once its node is connected).
     */
    private final boolean oneServer;

    private final String probeKey;
    private final Semaphore waiting = new Semaphore(MOST_WAITING);
    private final RedisClients clients;
    private final RedisBreaker breaker;
    private final RedisMeters meters;
    private volatile @Nullable Thread connector;
    private volatile RedisClients.@Nullable Connected connected;
    private volatile boolean closed;

    /** When the last attempt to connect anew began, {@link System#nanoTime()}. */
    private volatile long anewAt = System.nanoTime() - RedisClients.HANDSHAKE.toNanos();

    /** Does not connect yet: {@link #connect()}. */
    protected RedisConnection(Redis settings, RedisBreaker breaker) {
        this.timeout = settings.timeout();
        this.retries = settings.retries();
        this.mayWait = settings.queueCommands();
        this.oneServer = !settings.cluster();
        this.probeKey = settings.keyPrefix() + "probe";
        this.clients = RedisClients.of(settings);
        this.breaker = breaker;
        this.meters = new RedisMeters(this::isConnected, breaker.meters());
    }

    /** Connects; when that fails, goes on trying in the background. */
    public static RedisConnection open(Redis settings, RedisBreaker breaker) {
        RedisConnection redis = new RedisConnection(settings, breaker);
        redis.connect();
        return redis;
    }

    /** Connects; when that fails, goes on trying in the background. */
    protected final void connect() {
        breaker.probe(this::probeOrConnectAnew);
        try {
            connected = clients.connect();
        } catch (RedisException e) {
            log.atWarn().addKeyValue("cause", rootMessage(e)).log("redis is away, trying again every second");
            connector = Thread.ofVirtual().name("redis-connect").start(this::connectUntilDone);
        }
    }

    /**
     * Sends one command (or one script, whose text may have to follow), once, and waits for its reply, unless the breaker is open or the request has waited enough.
     *
     * @throws RedisUnavailableException when Redis is away, answers an error or takes too long
     */
    public <T> T call(Function<RedisClusterAsyncCommands<String, String>, ? extends Future<T>> command) {
        RedisTime time = RedisTime.current();
        long left = time.left(timeout);
        if (left == 0) {
            throw new RedisUnavailableException("This request has waited for Redis long enough", null);
        }
        // Redis is not to be blamed for what a call could not do in the little that others have left to it.
        boolean fair = left >= timeout.toNanos() / 2;
        return breaker.guard(() -> time.spend(timeout, deadline -> send(command, deadline)), fair);
    }

    /**
     * Sends one command whatever the breaker says, and again when it fails: only for commands that may run twice.
     * All attempts share the time of one. A request that has waited enough sends it, too, but does not wait.
     *
     * @throws RedisUnavailableException when no attempt succeeds in time
     */
    public <T> T insist(Function<RedisClusterAsyncCommands<String, String>, ? extends Future<T>> command) {
        return RedisTime.current().spend(timeout, deadline -> insist(command, deadline));
    }

    private <T> T insist(
            Function<RedisClusterAsyncCommands<String, String>, ? extends Future<T>> command, long deadline) {
        for (int attempt = 0; ; attempt++) {
            try {
                return send(command, deadline);
            } catch (RedisUnavailableException e) {
                if (attempt >= retries || deadline - System.nanoTime() <= 0) {
                    throw e;
                }
            }
        }
    }

    /** The commands of the connection as it is now. */
    RedisClusterAsyncCommands<String, String> commands() {
        return reached().commands();
    }

    private RedisClients.Connected reached() {
        RedisClients.Connected current = connected;
        if (current == null) {
            throw new RedisUnavailableException("Redis has not been reached yet", null);
        }
        return current;
    }

    /** Whether keys of any slot may go into one command. */
    boolean oneServer() {
        return oneServer;
    }

    /** How long a call takes at most. */
    Duration timeout() {
        return timeout;
    }

    /** What decides whether Redis is asked at all. */
    public final RedisBreaker breaker() {
        return breaker;
    }

    /**
     * Asks whether Redis does its work, each node of a cluster.
     *
     * @throws RedisUnavailableException when it does not
     */
    public void probe() {
        StatefulConnection<String, String> connection = reached().connection();
        int nodes = insist(commands -> NodeProbe.write(connection, commands, probeKey));
        log.trace("redis takes writes on {} nodes", nodes);
    }

    /**
     * If that fails, the connection may be at fault: one that was lost without a word, or still leads to a server that
     * others have left, would be kept for hours.
     */
    private void probeOrConnectAnew() {
        try {
            probe();
        } catch (RedisUnavailableException e) {
            connectAnew();
            throw e;
        }
    }

    /** The nodes of a cluster are connected to at their first command: what was begun must have the time to succeed. */
    private void connectAnew() {
        RedisClients.Connected old = connected;
        if (old == null || closed || System.nanoTime() - anewAt < RedisClients.HANDSHAKE.toNanos()) {
            return;
        }
        anewAt = System.nanoTime();
        try {
            connected = clients.connect();
            old.connection().close();
        } catch (RedisException e) {
            // Lettuce goes on trying with the old one.
            log.debug("redis cannot be connected to anew", e);
        }
    }

    @Override
    public void close() {
        closed = true;
        breaker.close();
        Thread connecting = connector;
        if (connecting != null) {
            connecting.interrupt();
        }
        clients.close();
    }

    private boolean isConnected() {
        RedisClients.Connected current = connected;
        return current != null && current.connection().isOpen();
    }

    /** One attempt at a command. Tests step in here. */
    protected <T> T send(
            Function<RedisClusterAsyncCommands<String, String>, ? extends Future<T>> command, long deadline) {
        long start = System.nanoTime();
        try {
            T reply = attempt(command, deadline);
            meters.answered(System.nanoTime() - start);
            return reply;
        } catch (RedisUnavailableException e) {
            meters.failed(System.nanoTime() - start);
            throw e;
        }
    }

    private <T> T attempt(
            Function<RedisClusterAsyncCommands<String, String>, ? extends Future<T>> command, long deadline) {
        RedisClients.Connected current = reached();
        try {
            awaitOpen(current.connection(), deadline);
            return await(command.apply(current.commands()), Math.max(0, deadline - System.nanoTime()));
        } catch (TimeoutException e) {
            throw tooLate(e);
        } catch (ExecutionException e) {
            throw failed(e.getCause() == null ? e : e.getCause());
        } catch (RedisException | CancellationException e) {
            throw failed(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RedisUnavailableException("Interrupted while waiting for Redis", e);
        }
    }

    /**
     * A command has the configured time anyway, after which Lettuce ends it by its own timer, and a script's calls end
     * with theirs. Only one that has less needs a wait with a limit of its own: each wakes the JDK's one thread for
     * delays of virtual threads, twice, which costs more than everything else about the call.
     */
    private <T> T await(Future<T> reply, long nanosLeft)
            throws InterruptedException, ExecutionException, TimeoutException {
        boolean whole = oneServer && nanosLeft > 0 && nanosLeft >= timeout.toNanos() - TICK_NANOS;
        return whole ? reply.get() : reply.get(nanosLeft, TimeUnit.NANOSECONDS);
    }

    /** Waits for a lost connection here and not in Lettuce's queue, from which it would be sent even if given up. */
    private void awaitOpen(StatefulConnection<?, ?> connection, long deadline) throws InterruptedException {
        if (connection.isOpen()) {
            return;
        }
        if (!mayWait || !waiting.tryAcquire()) {
            throw new RedisUnavailableException("Redis is not connected", null);
        }
        try {
            while (!connection.isOpen()) {
                if (closed || deadline - System.nanoTime() <= 0) {
                    throw new RedisUnavailableException("Redis is not connected", null);
                }
                TimeUnit.MILLISECONDS.sleep(POLL_MS);
            }
        } finally {
            waiting.release();
        }
    }

    private static RedisUnavailableException failed(Throwable cause) {
        if (cause instanceof RedisCommandTimeoutException || cause instanceof TimeoutException) {
            return tooLate(cause);
        }
        return new RedisUnavailableException("Redis refused a command: " + cause.getMessage(), cause);
    }

    private static RedisUnavailableException tooLate(Throwable cause) {
        return new RedisUnavailableException("Redis did not answer in time", cause);
    }

    private void connectUntilDone() {
        try {
            do {
                Thread.sleep(RETRY);
            } while (!closed && !connectedQuietly());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean connectedQuietly() {
        try {
            connected = clients.connect();
            log.info("redis is there");
            return true;
        } catch (RedisException e) {
            log.debug("redis is still away", e);
            return false;
        }
    }

    private static String rootMessage(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage());
    }
}
