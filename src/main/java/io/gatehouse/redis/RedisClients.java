package io.gatehouse.redis;

import io.gatehouse.config.Settings.Address;
import io.gatehouse.config.Settings.Redis;
import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.MaintNotificationsConfig;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.metrics.CommandLatencyRecorder;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.protocol.ProtocolVersion;
import io.lettuce.core.protocol.RedisCommand;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import io.lettuce.core.resource.Delay;
import io.netty.util.HashedWheelTimer;
import io.netty.util.Timer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lettuce's client for a single server or for a cluster, with our options. Thread-safe. */
final class RedisClients implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(RedisClients.class);

    /** Commands in flight at most; more are refused at once. */
    private static final int MOST_QUEUED = 4096;

    /** For connecting, TLS and signing in, which no request waits for; commands have the configured time. */
    static final Duration HANDSHAKE = Duration.ofSeconds(2);

    private static final Duration LONGEST_RECONNECT_DELAY = Duration.ofSeconds(1);

    /** How soon a cluster's new shape is learned without any hint; hints (MOVED, lost nodes) come sooner. */
    private static final Duration TOPOLOGY = Duration.ofSeconds(5);

    private static final long SHUTDOWN_SECONDS = 2;

    /** How exactly commands end that Redis does not answer, ms. */
    static final long TICK_MS = 10;

    private final ClientResources resources;
    private final AbstractRedisClient client;
    private final Supplier<Connected> connecting;

    /** A connection and its commands: those that a single server and a cluster share. */
    record Connected(
            StatefulConnection<String, String> connection, RedisClusterAsyncCommands<String, String> commands) {}

    private RedisClients(ClientResources resources, AbstractRedisClient client, Supplier<Connected> connecting) {
        this.resources = resources;
        this.client = client;
        this.connecting = connecting;
    }

    static RedisClients of(Redis settings) {
        Timer timer = new HashedWheelTimer(
                Thread.ofPlatform().name("redis-timer").daemon().factory(), TICK_MS, TimeUnit.MILLISECONDS);
        ClientResources resources = DefaultClientResources.builder()
                .timer(timer)
                // On by itself where HdrHistogram is, which our metrics bring: two histograms a command, read by
                // nobody.
                .commandLatencyRecorder(CommandLatencyRecorder.disabled())
                .ioThreadPoolSize(2)
                .computationThreadPoolSize(2)
                .reconnectDelay(
                        Delay.exponential(Duration.ofMillis(20), LONGEST_RECONNECT_DELAY, 2, TimeUnit.MILLISECONDS))
                .build();
        return settings.cluster() ? ofCluster(settings, resources) : ofServer(settings, resources);
    }

    private static RedisClients ofServer(Redis settings, ClientResources resources) {
        RedisClient client =
                RedisClient.create(resources, uri(settings, settings.addresses().getFirst()));
        client.setOptions(configure(ClientOptions.builder(), settings).build());
        return new RedisClients(resources, client, () -> {
            var connection = client.connect(new Utf8Codec());
            return new Connected(connection, connection.async());
        });
    }

    private static RedisClients ofCluster(Redis settings, ClientResources resources) {
        List<RedisURI> nodes = settings.addresses().stream()
                .map(address -> uri(settings, address))
                .toList();
        RedisClusterClient client = RedisClusterClient.create(resources, nodes);
        ClusterClientOptions.Builder options = ClusterClientOptions.builder();
        configure(options, settings);
        client.setOptions(options.topologyRefreshOptions(ClusterTopologyRefreshOptions.builder()
                        .enablePeriodicRefresh(TOPOLOGY)
                        .adaptiveRefreshTriggersTimeout(Duration.ofSeconds(1))
                        .build())
                .build());
        return new RedisClients(resources, client, () -> {
            var connection = client.connect(new Utf8Codec());
            return new Connected(connection, connection.async());
        });
    }

    /** Connects, within the time of a handshake. */
    Connected connect() {
        return connecting.get();
    }

    @Override
    public void close() {
        try {
            // shutdown() would wait without end for a cluster whose nodes are lost.
            client.shutdownAsync(0, SHUTDOWN_SECONDS, TimeUnit.SECONDS).get(SHUTDOWN_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            log.debug("redis connections did not close in time", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        resources
                .shutdown(0, SHUTDOWN_SECONDS, TimeUnit.SECONDS)
                .awaitUninterruptibly(SHUTDOWN_SECONDS, TimeUnit.SECONDS);
        resources.timer().stop();
    }

    private static RedisURI uri(Redis settings, Address address) {
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

    private static ClientOptions.Builder configure(ClientOptions.Builder options, Redis settings) {
        // A cluster's nodes are connected to at their first command, which must not be refused for that.
        var disconnected = settings.cluster()
                ? ClientOptions.DisconnectedBehavior.ACCEPT_COMMANDS
                : ClientOptions.DisconnectedBehavior.REJECT_COMMANDS;
        return options.protocolVersion(ProtocolVersion.RESP2)
                .disconnectedBehavior(disconnected)
                .replayFilter(RedisClients::mustNotBeQueued)
                .requestQueueSize(MOST_QUEUED)
                .socketOptions(SocketOptions.builder()
                        .connectTimeout(HANDSHAKE)
                        .keepAlive(true)
                        .build())
                .maintNotificationsConfig(MaintNotificationsConfig.disabled())
                .timeoutOptions(TimeoutOptions.enabled(settings.timeout()));
    }

    /**
     * A script whose reply was lost with the connection may have run: sent again it would count twice. Lettuce drops
     * such a command without a word, so that its caller would wait in vain.
     */
    private static boolean mustNotBeQueued(@Nullable RedisCommand<?, ?, ?> command) {
        if (command == null || (command.getType() != CommandType.EVALSHA && command.getType() != CommandType.EVAL)) {
            return false;
        }
        if (!command.isDone()) {
            command.completeExceptionally(new RedisException("The connection was lost"));
        }
        return true;
    }
}
