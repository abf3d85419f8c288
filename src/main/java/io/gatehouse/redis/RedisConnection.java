package io.gatehouse.redis;

import io.gatehouse.config.Settings.Redis;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.protocol.ProtocolVersion;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import io.lettuce.core.resource.Delay;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one shared connection to Redis. Commands are sent asynchronously and awaited on the caller's virtual thread
 * for at most the configured time. A server that is away at start is looked for once a second; one that goes away
 * later is reconnected to by Lettuce. Thread-safe.
 */
public final class RedisConnection implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(RedisConnection.class);

    /** Commands in flight at most; more are refused at once. */
    private static final int MOST_QUEUED = 4096;

    /** For connecting, TLS and signing in, which no request waits for; commands have the configured time. */
    private static final Duration HANDSHAKE = Duration.ofSeconds(2);

    private static final Duration RETRY = Duration.ofSeconds(1);

    private final Duration timeout;
    private final ClientResources resources;
    private final RedisClient client;
    private final Thread connector;
    private volatile @Nullable StatefulRedisConnection<String, String> connection;
    private volatile boolean closed;

    private RedisConnection(Redis settings, Duration timeout) {
        this.timeout = timeout;
        this.resources = DefaultClientResources.builder()
                .ioThreadPoolSize(2)
                .computationThreadPoolSize(2)
                .reconnectDelay(Delay.exponential(Duration.ofMillis(20), RETRY, 2, TimeUnit.MILLISECONDS))
                .build();
        this.client = RedisClient.create(resources, uri(settings));
        client.setOptions(options(settings));
        this.connector = Thread.ofVirtual().name("redis-connect").unstarted(this::connectUntilDone);
    }

    /** Connects; when that fails, goes on trying in the background. */
    public static RedisConnection open(Redis settings) {
        RedisConnection redis = new RedisConnection(settings, settings.timeout());
        if (!redis.connected()) {
            redis.connector.start();
        }
        return redis;
    }

    /**
     * Sends one command and waits for its reply.
     *
     * @throws RedisUnavailableException when Redis is away, answers an error or takes too long
     */
    public <T> T call(Function<RedisAsyncCommands<String, String>, RedisFuture<T>> command) {
        StatefulRedisConnection<String, String> current = connection;
        if (current == null) {
            throw new RedisUnavailableException("Redis has not been reached yet", null);
        }
        try {
            return command.apply(current.async()).get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new RedisUnavailableException("Redis did not answer in time", e);
        } catch (ExecutionException e) {
            throw failed(e.getCause() == null ? e : e.getCause());
        } catch (RedisException e) {
            throw failed(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RedisUnavailableException("Interrupted while waiting for Redis", e);
        }
    }

    /**
     * Asks whether Redis answers.
     *
     * @throws RedisUnavailableException when it does not
     */
    public void ping() {
        String pong = call(RedisAsyncCommands::ping);
        log.trace("redis answers {}", pong);
    }

    @Override
    public void close() {
        closed = true;
        connector.interrupt();
        client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
        resources.shutdown(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(3, TimeUnit.SECONDS);
    }

    private static RedisUnavailableException failed(Throwable cause) {
        return new RedisUnavailableException("Redis refused a command: " + cause.getMessage(), cause);
    }

    private boolean connected() {
        try {
            connection = client.connect();
            return true;
        } catch (RedisException e) {
            log.atWarn().addKeyValue("cause", rootMessage(e)).log("redis is away, trying again every second");
            return false;
        }
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
            connection = client.connect();
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

    private static RedisURI uri(Redis settings) {
        var address = settings.address().orElseThrow();
        RedisURI.Builder uri = RedisURI.builder()
                .withHost(address.host())
                .withPort(address.port())
                .withDatabase(settings.database())
                .withSsl(settings.tls())
                .withTimeout(HANDSHAKE.compareTo(settings.timeout()) > 0 ? HANDSHAKE : settings.timeout())
                .withClientName("gatehouse");
        String user = settings.login().user();
        String password = settings.login().password().value();
        if (!user.isEmpty()) {
            uri.withAuthentication(user, password.toCharArray());
        } else if (!password.isEmpty()) {
            uri.withPassword(password.toCharArray());
        }
        return uri.build();
    }

    private static ClientOptions options(Redis settings) {
        return ClientOptions.builder()
                .protocolVersion(ProtocolVersion.RESP2)
                .disconnectedBehavior(
                        settings.queueCommands()
                                ? ClientOptions.DisconnectedBehavior.ACCEPT_COMMANDS
                                : ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                .requestQueueSize(MOST_QUEUED)
                .socketOptions(SocketOptions.builder()
                        .connectTimeout(HANDSHAKE)
                        .keepAlive(true)
                        .build())
                .timeoutOptions(TimeoutOptions.enabled(settings.timeout()))
                .build();
    }
}
