package io.gatehouse;

import io.gatehouse.admission.Admission;
import io.gatehouse.admission.AuthzHandlers;
import io.gatehouse.config.Settings;
import io.gatehouse.crypto.HasherBusyException;
import io.gatehouse.db.DatabaseUnavailableException;
import io.gatehouse.db.Migrations;
import io.gatehouse.health.DiskCheck;
import io.gatehouse.health.HashQueueCheck;
import io.gatehouse.health.Health;
import io.gatehouse.health.HealthHandlers;
import io.gatehouse.health.HeapCheck;
import io.gatehouse.health.IdsCheck;
import io.gatehouse.health.RedisCheck;
import io.gatehouse.health.SchemaCheck;
import io.gatehouse.http.HttpServer;
import io.gatehouse.http.Problem;
import io.gatehouse.http.Route;
import io.gatehouse.id.IdsUnavailableException;
import io.gatehouse.job.Jobs;
import io.gatehouse.keys.KeyHandlers;
import io.gatehouse.outgoing.Outgoing;
import io.gatehouse.redis.RedisUnavailableException;
import io.gatehouse.session.CookieNames;
import io.gatehouse.session.SessionHandlers;
import io.gatehouse.session.SessionLookup;
import io.gatehouse.session.SessionTransport;
import io.gatehouse.throttle.Limits;
import io.gatehouse.trace.Trace;
import io.gatehouse.user.UserHandlers;
import io.gatehouse.user.Users;
import io.gatehouse.webhook.Deliveries;
import io.helidon.dbclient.health.DbClientHealthCheck;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
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

    private static final Duration DELIVERIES_EVERY = Duration.ofSeconds(1);

    /** Metrics tell what was found last; more often than Prometheus asks in our example. */
    private static final Duration HEALTH_EVERY = Duration.ofSeconds(5);

    /** The client of other servers that webhooks go through, as the settings name it. */
    private static final String WEBHOOKS = "webhook";

    /** Longest wait for what seeding needs; a busy machine starts slowly. */
    private static final Duration FIRST_ID = Duration.ofSeconds(20);

    /** Longest wait for what sign-ups need; where the database is away, those with a session should not wait longer. */
    private static final Duration SOON = Duration.ofSeconds(3);

    /** Longest time that we go on serving when told to stop, for balancers that do not notice or do not ask. */
    private static final Duration SETTLING = Duration.ofSeconds(4);

    private final Deque<AutoCloseable> opened;
    private final Ops ops;
    private final HttpServer api;

    /** Starts to serve; what was opened is closed again when a later step fails. */
    public static App start(Settings settings, Clock clock) {
        Ops ops = Ops.start(settings, clock, () -> 0);
        return start(settings, clock, ops, Optional.empty(), new ArrayDeque<>(List.of(ops)));
    }

    /**
     * The same with something to do before the first request is taken.
     *
     * @param ops is the caller's to close
     * @param seeding gets the rules of accounts; the stores are there already
     */
    static App start(Settings settings, Clock clock, Ops ops, Optional<Consumer<Users>> seeding) {
        return start(settings, clock, ops, seeding, new ArrayDeque<>());
    }

    private static App start(
            Settings settings, Clock clock, Ops ops, Optional<Consumer<Users>> seeding, Deque<AutoCloseable> opened) {
        try {
            return new App(settings, clock, ops, seeding, opened);
        } catch (RuntimeException | Error e) {
            closeAll(opened);
            throw e;
        }
    }

    private App(
            Settings settings, Clock clock, Ops ops, Optional<Consumer<Users>> seeding, Deque<AutoCloseable> opened) {
        this.opened = opened;
        this.ops = ops;
        Core core = Core.open(settings, false, clock, ops.meters(), opened);
        SchemaCheck schema = new SchemaCheck(new Migrations(settings.postgres())::state);
        if (seeding.isEmpty()) {
            // It takes a moment, and the log should say what waits even if nobody asks. A database of our own has just
            // been brought up to date: there it would only slow the start.
            Thread.ofVirtual().name("first-look").start(schema::call);
        }

        core.ids().start();
        boolean ids = core.ids().await(seeding.isPresent() ? FIRST_ID : SOON);
        log.debug(ids ? "ids can be made" : "ids cannot be made yet");
        seeding.ifPresent(plant -> plant.accept(core.users()));
        core.sessions().start();

        // Closed in reverse: the listener first, so that requests in flight still find everything else.
        opened.push(core.lookup()::writeBack);
        Outgoing outgoing = keep(opened, Outgoing.open(settings.outgoing(), clock, App::traceHeaders, ops.meters()));
        Deliveries deliveries = keep(opened, deliveries(core, outgoing, settings, clock, ops.meters()));
        Health health = health(core, schema, settings);
        health.register(ops.meters());
        Jobs _ = keep(opened, jobs(core, deliveries, health, settings, clock, ops.meters()));
        this.api = keep(
                opened,
                HttpServer.start(
                        settings.app(),
                        "APP_PORT",
                        api(settings, clock, core, new HealthHandlers(health), ops.meters()),
                        ops.conventions()));
        ops.readiness().started(health);
        log.atInfo()
                .addKeyValue("port", api.port())
                .addKeyValue("opsPort", ops.port())
                .log("serving");
    }

    private static Health health(Core core, SchemaCheck schema, Settings settings) {
        DbClientHealthCheck database = DbClientHealthCheck.builder(
                        core.database().client())
                .name("database")
                .query()
                .statement("select 1")
                .build();
        Stream<Path> logs = settings.logs().file().map(Path::toAbsolutePath).map(Path::getParent).stream();
        return new Health(
                List.of(database, schema),
                List.of(
                        new RedisCheck(core.redis()),
                        new IdsCheck(core.ids()::obstacle),
                        DiskCheck.of(Stream.concat(Stream.of(settings.dataDir()), logs)
                                .toList()),
                        HeapCheck.ofThisProcess(),
                        new HashQueueCheck(core.hasher()::load)));
    }

    private static List<Route> api(
            Settings settings, Clock clock, Core core, HealthHandlers health, MeterRegistry meters) {
        CookieNames cookies =
                new CookieNames(settings.https(), settings.cookies().domain());
        SessionTransport transport =
                new SessionTransport(core.signer(), cookies, settings.sessions().maxAge());
        Limits limits = Limits.of(
                Core.tier("default", settings.throttle().general()),
                Core.tier("short", settings.throttle().brief()));
        return Routes.api(
                new Admission(core.lookup(), transport, core.counters(), limits, clock, meters),
                new UserHandlers(core.users(), core.signIns(), core.policy(), core.phones(), transport, cookies),
                new SessionHandlers(core.sessions(), transport),
                new AuthzHandlers(),
                new KeyHandlers(core.keys()),
                health);
    }

    /** Port of the API, also where a free one was asked for. */
    public int port() {
        return api.port();
    }

    /** Port of the probes. */
    public int opsPort() {
        return ops.port();
    }

    /**
     * Readiness goes down, each reply ends its connection, and requests are taken until they cease. To be closed next.
     */
    void drain() {
        ops.readiness().draining();
        log.info("draining");
        api.settle(SETTLING);
    }

    /** Answers requests in flight, then stops everything. */
    @Override
    public void close() {
        ops.readiness().draining();
        closeAll(opened);
        log.info("stopped");
    }

    /** Which failures of the stores and tools a client can be told. */
    static Optional<Problem> translate(RuntimeException failure) {
        return switch (failure) {
            case DatabaseUnavailableException e -> Optional.of(Problem.unavailable(Duration.ofSeconds(1), e));
            case RedisUnavailableException e -> Optional.of(Problem.unavailable(Duration.ofSeconds(1), e));
            case IdsUnavailableException e -> Optional.of(Problem.unavailable(Duration.ofSeconds(1), e));
            case HasherBusyException e -> Optional.of(Problem.unavailable(e.retryAfter(), e));
            default -> Optional.empty();
        };
    }

    /** Whose work a call of another server is; none where it is nobody's, such as that of a job. */
    private static Map<String, String> traceHeaders() {
        return Trace.current().map(Trace::headers).orElse(Map.of());
    }

    private static Deliveries deliveries(
            Core core, Outgoing outgoing, Settings settings, Clock clock, MeterRegistry meters) {
        return new Deliveries(
                core.database(),
                core.keys(),
                outgoing.client(WEBHOOKS),
                Objects.requireNonNull(settings.outgoing().get(WEBHOOKS)).timeout(),
                settings.postgres().timeout(),
                meters,
                clock);
    }

    private static Jobs jobs(
            Core core, Deliveries deliveries, Health health, Settings settings, Clock clock, MeterRegistry meters) {
        Jobs jobs = new Jobs(
                JobTable.of(core, settings, clock), core.leases(), core.database(), Core.processName(), clock, meters);
        SessionLookup lookup = core.lookup();
        jobs.every("worker-lease", LEASE_EVERY, core.ids()::renew);
        jobs.every("session-last-seen", lookup.writeBackPeriod(), lookup::writeBack);
        jobs.every("session-invalidations", INVALIDATIONS_EVERY, core.sessions()::carryOutLeftOvers);
        jobs.every("webhook-deliveries", DELIVERIES_EVERY, deliveries::look);
        jobs.every("health", HEALTH_EVERY, health::findings);
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
