package io.gatehouse.bench;

import static io.gatehouse.db.gen.Tables.USERS;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.gatehouse.embedded.Endpoint;
import io.gatehouse.redis.Utf8Codec;
import io.gatehouse.session.BulkCopies;
import io.gatehouse.throttle.Limits;
import io.gatehouse.throttle.Tier;
import io.helidon.http.HeaderNames;
import io.helidon.http.HttpLogConfig;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http1.Http1Config;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.MaintNotificationsConfig;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.metrics.CommandLatencyRecorder;
import io.lettuce.core.protocol.ProtocolVersion;
import io.lettuce.core.resource.ClientResources;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.conf.Settings;
import org.jooq.impl.DSL;

/**
 * The least that any service on this stack has to do for a request: Helidon, one EVALSHA of the very script that
 * Gatehouse sends, with its keys and arguments, for the profile one SELECT by primary key through jOOQ, and the bytes
 * that Gatehouse answers; with the codec and the options that Gatehouse has found best. No signature is checked, nothing is parsed, limited, formatted or logged. {@code /api/hash}
 * sends a plain HGET in place of the script.
 */
public final class BareServer {

    private static final String SESSION = "/api/session";
    private static final String PROFILE = "/api/user/profile";
    private static final String READ = "/api/hash";

    /** The service's default. */
    private static final int POOL = 10;

    private final Map<String, String> environment;
    private final Map<String, Known> known = new HashMap<>();
    private final RedisAsyncCommands<String, String> redis;
    private final DSLContext sql;
    private final String script;

    /** A session by its Cookie header, and what is sent for it. */
    private static final class Known {

        private final long user;
        private final String[] sessionKeys;
        private final String[] profileKeys;

        Known(long user, byte[] tokenHash) {
            this.user = user;
            this.sessionKeys = BulkCopies.lookKeys(tokenHash, "GET " + SESSION);
            this.profileKeys = BulkCopies.lookKeys(tokenHash, "GET " + PROFILE);
        }
    }

    private BareServer(Map<String, String> environment) {
        this.environment = environment;
        this.redis = connect();
        this.sql = DSL.using(pool(), SQLDialect.POSTGRES, new Settings().withExecuteLogging(false));
        this.script = await(redis.scriptLoad(BulkCopies.lookScript()));
    }

    /** Everything comes from the environment, as {@link BenchStores} sets it. Prints its port. */
    public static void main(String[] arguments) throws IOException {
        System.setProperty("org.jooq.no-logo", "true");
        System.setProperty("org.jooq.no-tips", "true");
        new BareServer(System.getenv()).serve();
    }

    private void serve() throws IOException {
        readSessions();
        Reply session = reply("session");
        Reply profile = reply("profile");
        WebServer server = WebServer.builder()
                .host("127.0.0.1")
                .port(0)
                .protocolsDiscoverServices(false)
                .addProtocol(Http1Config.builder()
                        .log(HttpLogConfig.builder()
                                .sendLog(false)
                                .receiveLog(false)
                                .build())
                        .build())
                .routing(routing -> routing.get(SESSION, session(session))
                        .get(PROFILE, profile(profile))
                        .get(READ, read(session)))
                .build()
                .start();
        System.out.println("{\"port\":" + server.port() + "}");
    }

    private Handler session(Reply reply) {
        String[] arguments = arguments();
        return (request, response) -> {
            look(known(request).sessionKeys, arguments);
            reply.send(response);
        };
    }

    private Handler profile(Reply reply) {
        String[] arguments = arguments();
        return (request, response) -> {
            Known caller = known(request);
            look(caller.profileKeys, arguments);
            find(caller.user);
            reply.send(response);
        };
    }

    private Handler read(Reply reply) {
        return (request, response) -> {
            await(redis.hget(known(request).sessionKeys[0], "facts"));
            reply.send(response);
        };
    }

    private void look(String[] keys, String[] arguments) {
        String[] timed = arguments.clone();
        timed[0] = Long.toString(System.currentTimeMillis());
        RedisFuture<String> reply = redis.evalsha(script, ScriptOutputType.VALUE, keys, timed);
        if (!await(reply).startsWith("live")) {
            throw new IllegalStateException("Redis has no live copy");
        }
    }

    /** What the service reads of an account. */
    private void find(long user) {
        sql.select(
                        USERS.ID,
                        USERS.NAME,
                        USERS.EMAIL,
                        USERS.PHONE_KEY_ID,
                        USERS.PHONE_SEALED,
                        USERS.PHONE_INDEX,
                        USERS.STATUS,
                        USERS.ROLES,
                        USERS.LAST_LOGIN_AT,
                        USERS.CREATED_AT,
                        USERS.UPDATED_AT)
                .from(USERS)
                .where(USERS.ID.eq(user))
                .fetchSingle();
    }

    private Known known(ServerRequest request) {
        return Objects.requireNonNull(
                known.get(request.headers().get(HeaderNames.COOKIE).get()));
    }

    private static <T> T await(RedisFuture<T> reply) {
        try {
            return reply.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String[] arguments() {
        Limits limits = Limits.of(
                new Tier("default", BenchStores.LIMIT, Duration.ofSeconds(60)),
                new Tier("short", BenchStores.LIMIT, Duration.ofSeconds(10)));
        return BulkCopies.lookArguments(Population.IDLE, Population.MAX_AGE, limits);
    }

    private void readSessions() throws IOException {
        int users = Integer.parseInt(required("BENCH_USERS"));
        List<String> cookies = Files.readAllLines(Path.of(required("BENCH_COOKIES")));
        for (int i = 0; i < cookies.size(); i++) {
            String signed = URLDecoder.decode(cookies.get(i).replaceFirst("session=", ""), StandardCharsets.UTF_8);
            byte[] hash = BulkCopies.hash(signed.substring(0, signed.lastIndexOf('.')));
            known.put(cookies.get(i), new Known(Population.userId(i % users), hash));
        }
    }

    private RedisAsyncCommands<String, String> connect() {
        Endpoint endpoint = new Endpoint(
                required("REDIS_HOST"),
                Integer.parseInt(required("REDIS_PORT")),
                required("REDIS_USERNAME"),
                required("REDIS_PASSWORD"),
                required("REDIS_DB"));
        ClientResources resources = ClientResources.builder()
                .commandLatencyRecorder(CommandLatencyRecorder.disabled())
                .build();
        RedisClient client = RedisClient.create(resources, Population.redisUri(endpoint));
        client.setOptions(ClientOptions.builder()
                .protocolVersion(ProtocolVersion.RESP2)
                .maintNotificationsConfig(MaintNotificationsConfig.disabled())
                .build());
        return client.connect(new Utf8Codec()).async();
    }

    private HikariDataSource pool() {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl("jdbc:postgresql://" + required("POSTGRE_HOST") + ":" + required("POSTGRE_PORT") + "/"
                + required("POSTGRE_NAME"));
        config.setUsername(required("POSTGRE_USER"));
        config.setPassword(required("POSTGRE_PASSWORD"));
        config.setMaximumPoolSize(POOL);
        return new HikariDataSource(config);
    }

    private Reply reply(String name) throws IOException {
        return Reply.read(Path.of(required("BENCH_REPLIES"), name));
    }

    private String required(String key) {
        return Objects.requireNonNull(environment.get(key), key);
    }
}
