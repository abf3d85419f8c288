package io.gatehouse;

import io.gatehouse.admission.Admission;
import io.gatehouse.admission.AuthzHandlers;
import io.gatehouse.config.Settings;
import io.gatehouse.crypto.HasherBusyException;
import io.gatehouse.db.DatabaseUnavailableException;
import io.gatehouse.db.Migrations;
import io.gatehouse.health.Health;
import io.gatehouse.health.HealthHandlers;
import io.gatehouse.health.Readiness;
import io.gatehouse.http.HttpServer;
import io.gatehouse.http.Problem;
import io.gatehouse.http.Route;
import io.gatehouse.id.IdsUnavailableException;
import io.gatehouse.id.LogIds;
import io.gatehouse.id.Snowflake;
import io.gatehouse.job.Jobs;
import io.gatehouse.keys.KeyHandlers;
import io.gatehouse.metrics.MetricsHandlers;
import io.gatehouse.redis.RedisUnavailableException;
import io.gatehouse.session.CookieNames;
import io.gatehouse.session.SessionHandlers;
import io.gatehouse.session.SessionLookup;
import io.gatehouse.session.SessionTransport;
import io.gatehouse.throttle.Limits;
import io.gatehouse.user.UserHandlers;
import io.gatehouse.user.Users;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The composition root: builds everything in order and closes it in reverse. The only class that knows everyone.
 */
public final class App implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(App.class);

    /** A revocation that could not reach Redis is carried out by another replica within this time. */
    private static final Duration INVALIDATIONS_EVERY = Duration.ofSeconds(1);

    /** A worker number of ids is leased for several times as long. */
    private static final Duration LEASE_EVERY = Duration.ofSeconds(2);

    /** Longest wait for what seeding needs; a busy machine starts slowly. */
    private static final Duration FIRST_ID = Duration.ofSeconds(20);

    /** Longest time that we go on serving when told to stop, for balancers that do not notice or do not ask. */
    private static final Duration SETTLING = Duration.ofSeconds(4);

    /** Longest wait for requests in flight after that; what takes longer is cut, so that we end within 15 s. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    private final Deque<AutoCloseable> opened;
    private final LongSupplier droppedLines;
    private final Readiness readiness;
    private final HttpServer api;
    private final HttpServer ops;

    /** Starts to serve; what was opened is closed again when a later step fails. */
    public static App start(Settings settings, Clock clock) {
        return start(settings, clock, () -> 0, Optional.empty());
    }

    /**
     * The same with something to do before the first request is taken.
     *
     * @param droppedLines of the log, so far
     * @param seeding gets the rules of accounts; the stores are there already
     */
    static App start(Settings settings, Clock clock, LongSupplier droppedLines, Optional<Consumer<Users>> seeding) {
        Deque<AutoCloseable> opened = new ArrayDeque<>();
        try {
            return new App(settings, clock, droppedLines, opened, seeding);
        } catch (RuntimeException | Error e) {
            closeAll(opened);
            throw e;
        }
    }

    private App(
            Settings settings,
            Clock clock,
            LongSupplier droppedLines,
            Deque<AutoCloseable> opened,
            Optional<Consumer<Users>> seeding) {
        this.opened = opened;
        this.droppedLines = droppedLines;
        PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        opened.push(meters::close);
        FunctionCounter.builder("gatehouse.log.lines.dropped", this, App::droppedLines)
                .description("Log lines that could not be written, or not as fast as they came")
                .register(meters);
        Core core = Core.open(settings, false, clock, meters, opened);
        this.readiness = new Readiness(new Migrations(settings.postgres())::state, clock);
        HealthHandlers health =
                new HealthHandlers(new Health(core.database(), core.redis(), core.ids()::available, clock), readiness);

        core.ids().start();
        seeding.ifPresent(plant -> {
            core.ids().await(FIRST_ID);
            plant.accept(core.users());
        });
        core.sessions().start();

        // Closed in reverse: the listeners first, so that requests in flight still find everything else.
        opened.push(core.lookup()::writeBack);
        Jobs _ = keep(opened, jobs(core, settings, clock, meters));
        HttpServer.Conventions conventions = conventions(settings, clock);
        this.ops = keep(
                opened,
                HttpServer.start(
                        settings.ops(), "OPS_PORT", Routes.ops(health, new MetricsHandlers(meters)), conventions));
        this.api = keep(
                opened, HttpServer.start(settings.app(), "APP_PORT", api(settings, clock, core, health), conventions));
        readiness.started();
        // Looks at the schema once now, so that the log says what waits even if nobody asks.
        Thread.ofVirtual().name("first-look").start(readiness::obstacle);
        log.atInfo()
                .addKeyValue("port", api.port())
                .addKeyValue("opsPort", ops.port())
                .log("serving");
    }

    private static List<Route> api(Settings settings, Clock clock, Core core, HealthHandlers health) {
        CookieNames cookies =
                new CookieNames(settings.https(), settings.cookies().domain());
        SessionTransport transport =
                new SessionTransport(core.signer(), cookies, settings.sessions().maxAge());
        Limits limits = Limits.of(
                Core.tier("default", settings.throttle().general()),
                Core.tier("short", settings.throttle().brief()));
        return Routes.api(
                new Admission(core.lookup(), transport, core.counters(), limits, clock),
                new UserHandlers(core.users(), core.signIns(), core.policy(), core.phones(), transport, cookies),
                new SessionHandlers(core.sessions(), transport),
                new AuthzHandlers(),
                new KeyHandlers(core.keys()),
                health);
    }

    private HttpServer.Conventions conventions(Settings settings, Clock clock) {
        LogIds logIds = new LogIds(new SecureRandom().nextInt(Snowflake.MAX_WORKER + 1), clock);
        return new HttpServer.Conventions(
                settings.origin(),
                settings.https(),
                settings.allowedOrigins(),
                settings.trustedProxies(),
                App::translate,
                logIds::next,
                readiness::isDraining,
                GRACE);
    }

    /** Port of the API, also where a free one was asked for. */
    public int port() {
        return api.port();
    }

    /** Port of the probes. */
    public int opsPort() {
        return ops.port();
    }

    private double droppedLines() {
        return droppedLines.getAsLong();
    }

    /**
     * Readiness goes down, each reply ends its connection, and requests are taken until they cease. To be closed next.
     */
    void drain() {
        readiness.draining();
        log.info("draining");
        api.settle(SETTLING);
    }

    /** Answers requests in flight, then stops everything. */
    @Override
    public void close() {
        readiness.draining();
        closeAll(opened);
        log.info("stopped");
    }

    /** Which failures of the stores and tools a client can be told. */
    private static Optional<Problem> translate(RuntimeException failure) {
        return switch (failure) {
            case DatabaseUnavailableException e -> Optional.of(Problem.unavailable(Duration.ofSeconds(1), e));
            case RedisUnavailableException e -> Optional.of(Problem.unavailable(Duration.ofSeconds(1), e));
            case IdsUnavailableException e -> Optional.of(Problem.unavailable(Duration.ofSeconds(1), e));
            case HasherBusyException e -> Optional.of(Problem.unavailable(e.retryAfter(), e));
            default -> Optional.empty();
        };
    }

    private static Jobs jobs(Core core, Settings settings, Clock clock, MeterRegistry meters) {
        Jobs jobs = new Jobs(
                JobTable.of(core, settings, clock), core.leases(), core.database(), Core.processName(), clock, meters);
        SessionLookup lookup = core.lookup();
        jobs.every("worker-lease", LEASE_EVERY, core.ids()::renew);
        jobs.every("session-last-seen", lookup.writeBackPeriod(), lookup::writeBack);
        jobs.every("session-invalidations", INVALIDATIONS_EVERY, core.sessions()::carryOutLeftOvers);
        jobs.start();
        return jobs;
    }

    private static <T extends AutoCloseable> T keep(Deque<AutoCloseable> opened, T resource) {
        opened.push(resource);
        return resource;
    }

    static void closeAll(Deque<AutoCloseable> opened) {
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (Exception e) {
                log.atError().setCause(e).log("could not be closed");
            }
        }
    }
}
