package io.gatehouse;

import io.gatehouse.config.Secret;
import io.gatehouse.config.Settings;
import io.gatehouse.config.Settings.Argon2;
import io.gatehouse.crypto.CookieSigner;
import io.gatehouse.crypto.HashParameters;
import io.gatehouse.crypto.HasherBusyException;
import io.gatehouse.crypto.PasswordHasher;
import io.gatehouse.db.Database;
import io.gatehouse.db.DatabaseUnavailableException;
import io.gatehouse.db.Migrations;
import io.gatehouse.health.Health;
import io.gatehouse.health.HealthHandlers;
import io.gatehouse.health.Readiness;
import io.gatehouse.http.HttpServer;
import io.gatehouse.http.Problem;
import io.gatehouse.id.ClockBehindException;
import io.gatehouse.id.Snowflakes;
import io.gatehouse.job.Jobs;
import io.gatehouse.job.SystemLoad;
import io.gatehouse.redis.RedisConnection;
import io.gatehouse.redis.RedisUnavailableException;
import io.gatehouse.session.SessionGate;
import io.gatehouse.session.SessionHandlers;
import io.gatehouse.session.SessionTransport;
import io.gatehouse.session.Sessions;
import io.gatehouse.user.UserHandlers;
import io.gatehouse.user.Users;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The composition root: builds everything in order and closes it in reverse. The only class that knows everyone.
 */
public final class App implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(App.class);

    /** Longest wait for a password hash; past it the client is told to come again. */
    private static final Duration HASH_DEADLINE = Duration.ofSeconds(5);

    /** Longest wait for requests in flight when stopping; what takes longer is cut, so that we end within 15 s. */
    private static final Duration GRACE = Duration.ofSeconds(8);

    private final Deque<AutoCloseable> opened;
    private final Readiness readiness;
    private final HttpServer api;
    private final HttpServer ops;

    /** Starts to serve; what was opened is closed again when a later step fails. */
    public static App start(Settings settings, Clock clock) {
        return start(settings, clock, users -> {});
    }

    /**
     * The same with something to do before the first request is taken.
     *
     * @param seeding gets the rules of accounts
     */
    static App start(Settings settings, Clock clock, Consumer<Users> seeding) {
        Deque<AutoCloseable> opened = new ArrayDeque<>();
        try {
            return new App(settings, clock, opened, seeding);
        } catch (RuntimeException | Error e) {
            closeAll(opened);
            throw e;
        }
    }

    private App(Settings settings, Clock clock, Deque<AutoCloseable> opened, Consumer<Users> seeding) {
        this.opened = opened;
        SecureRandom random = new SecureRandom();
        Snowflakes rowIds = Snowflakes.ofRows(
                settings.snowflake().epoch(),
                settings.snowflake().worker().orElseGet(() -> random.nextInt(Snowflakes.MAX_WORKER + 1)),
                clock);
        Snowflakes logIds = Snowflakes.ofLogs(random.nextInt(Snowflakes.MAX_WORKER + 1), clock);

        Database database = keep(opened, Database.open(settings.postgres()));
        RedisConnection redis = keep(opened, RedisConnection.open(settings.redis()));
        PasswordHasher hasher = keep(opened, hasher(settings.argon2()));

        Sessions sessions = new Sessions(
                database,
                redis,
                settings.redis().keyPrefix(),
                new Sessions.Lifetime(
                        settings.sessions().idle(), settings.sessions().maxAge()),
                rowIds,
                random,
                clock);
        SessionTransport transport = new SessionTransport(
                new CookieSigner(
                        settings.cookies().secrets().stream().map(Secret::bytes).toList()),
                settings.https(),
                settings.cookies().domain(),
                settings.sessions().maxAge());
        Users users = new Users(database, sessions, hasher, rowIds, clock);
        this.readiness = new Readiness(new Migrations(settings.postgres())::waiting, clock);
        HealthHandlers health = new HealthHandlers(new Health(database, redis, clock), readiness);

        seeding.accept(users);

        // Closed in reverse: the listeners first, so that requests in flight still find everything else.
        opened.push(sessions::writeBack);
        keep(opened, jobs(sessions));
        HttpServer.Conventions conventions = new HttpServer.Conventions(
                settings.origin(),
                settings.https(),
                settings.allowedOrigins(),
                App::translate,
                logIds::next,
                readiness::isDraining,
                GRACE);
        this.ops = keep(opened, HttpServer.start(settings.ops(), "OPS_PORT", Routes.ops(health), conventions));
        this.api = keep(
                opened,
                HttpServer.start(
                        settings.app(),
                        "APP_PORT",
                        Routes.api(
                                new SessionGate(sessions, transport),
                                new UserHandlers(users, transport),
                                new SessionHandlers(sessions, transport),
                                health),
                        conventions));
        readiness.started();
        // Looks at the schema once now, so that the log says what waits even if nobody asks.
        Thread.ofVirtual().name("first-look").start(readiness::obstacle);
        log.atInfo()
                .addKeyValue("port", api.port())
                .addKeyValue("opsPort", ops.port())
                .log("serving");
    }

    /** Port of the API, also where a free one was asked for. */
    public int port() {
        return api.port();
    }

    /** Port of the probes. */
    public int opsPort() {
        return ops.port();
    }

    /** Drains, then stops everything. */
    @Override
    public void close() {
        readiness.draining();
        log.info("draining");
        closeAll(opened);
        log.info("stopped");
    }

    /** Which failures of the stores and tools a client can be told. */
    private static Optional<Problem> translate(RuntimeException failure) {
        return switch (failure) {
            case DatabaseUnavailableException e -> Optional.of(Problem.unavailable(Duration.ofSeconds(1), e));
            case RedisUnavailableException e -> Optional.of(Problem.unavailable(Duration.ofSeconds(1), e));
            case ClockBehindException e -> Optional.of(Problem.unavailable(Duration.ofSeconds(1), e));
            case HasherBusyException e -> Optional.of(Problem.unavailable(e.retryAfter(), e));
            default -> Optional.empty();
        };
    }

    private static PasswordHasher hasher(Argon2 cost) {
        HashParameters parameters = new HashParameters(cost.memoryKib(), cost.iterations(), cost.parallelism());
        return new PasswordHasher(parameters, Runtime.getRuntime().availableProcessors(), HASH_DEADLINE);
    }

    private static Jobs jobs(Sessions sessions) {
        Jobs jobs = new Jobs();
        jobs.add("system-load", "0 0/5 * * * ?", new SystemLoad());
        jobs.every("session-last-seen", sessions.writeBackPeriod(), sessions::writeBack);
        return jobs;
    }

    private static <T extends AutoCloseable> T keep(Deque<AutoCloseable> opened, T resource) {
        opened.push(resource);
        return resource;
    }

    private static void closeAll(Deque<AutoCloseable> opened) {
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (Exception e) {
                log.atError().setCause(e).log("could not be closed");
            }
        }
    }
}
