package io.gatehouse;

import com.sun.management.OperatingSystemMXBean;
import io.gatehouse.config.Secret;
import io.gatehouse.config.Settings;
import io.gatehouse.config.Settings.Argon2;
import io.gatehouse.config.Settings.Passwords;
import io.gatehouse.config.Settings.Rate;
import io.gatehouse.config.Settings.Sealing;
import io.gatehouse.crypto.CookieSigner;
import io.gatehouse.crypto.EciesKey;
import io.gatehouse.crypto.HashParameters;
import io.gatehouse.crypto.KeyRing;
import io.gatehouse.crypto.PasswordHasher;
import io.gatehouse.crypto.Peppers;
import io.gatehouse.crypto.Peppers.Pepper;
import io.gatehouse.db.Database;
import io.gatehouse.id.Snowflakes;
import io.gatehouse.log.Logging;
import io.gatehouse.redis.RedisBreaker;
import io.gatehouse.redis.RedisConnection;
import io.gatehouse.session.SessionLookup;
import io.gatehouse.session.SessionTimes;
import io.gatehouse.session.Sessions;
import io.gatehouse.throttle.Attempts;
import io.gatehouse.throttle.Counters;
import io.gatehouse.throttle.Tier;
import io.gatehouse.user.PasswordPolicy;
import io.gatehouse.user.Phones;
import io.gatehouse.user.Reseal;
import io.gatehouse.user.SignIns;
import io.gatehouse.user.Users;
import io.gatehouse.webhook.Endpoints;
import io.gatehouse.webhook.Outbox;
import io.micrometer.core.instrument.MeterRegistry;
import java.lang.management.ManagementFactory;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Deque;
import java.util.List;
import java.util.OptionalInt;

/**
 * The rules of accounts and sessions on their stores: what serving and commands about accounts share. Part of the
 * composition root.
 *
 * @param meters what all of it is counted with
 * @param leases another pool, of one connection, so that renewals do not wait behind requests
 * @param signer of cookies and bearer tokens
 */
record Core(
        MeterRegistry meters,
        Database database,
        Database leases,
        RedisConnection redis,
        Counters counters,
        CookieSigner signer,
        Snowflakes ids,
        Sessions sessions,
        SessionLookup lookup,
        PasswordHasher hasher,
        PasswordPolicy policy,
        KeyRing keys,
        Phones phones,
        SignIns signIns,
        Users users,
        Reseal reseal,
        Endpoints endpoints) {

    /** Longest wait for a password hash; past it the client is told to come again. */
    private static final Duration HASH_DEADLINE = Duration.ofSeconds(5);

    /** What this process needs beside its heap and its hashes: code, threads, buffers. */
    private static final long OTHER_MEMORY = 192L << 20;

    private static final Duration COMMAND_PATIENCE = Duration.ofSeconds(10);

    private static final String SERVICE_NAME = "gatehouse";

    /**
     * Opens everything.
     *
     * @param command whether this is a command beside the service, and not the service
     * @param opened gets what has to be closed, in reverse
     */
    static Core open(
            Settings settings, boolean command, Clock clock, MeterRegistry meters, Deque<AutoCloseable> opened) {
        SecureRandom random = new SecureRandom();
        Database database = keep(opened, Database.open(settings.postgres(), "gatehouse", meters));
        // Nobody waits behind a command; on a busy machine its first connection may take longer than a lease can wait.
        Settings.Postgres postgres = settings.postgres();
        Database leases = keep(
                opened,
                Database.open(command ? postgres.with(1, COMMAND_PATIENCE) : postgres.forLeases(), "leases", meters));
        // A command makes a row or two; the service has the number that is fixed.
        OptionalInt worker =
                command ? OptionalInt.empty() : settings.snowflake().worker();
        Snowflakes ids = keep(opened, ids(settings.snowflake().epoch(), leases, worker, clock, meters));
        RedisConnection redis = keep(opened, RedisConnection.open(settings.redis(), new RedisBreaker(meters)));
        PasswordHasher hasher = keep(opened, hasher(settings.passwords(), meters));
        String prefix = settings.redis().keyPrefix();
        Counters counters = new Counters(redis, prefix, clock);
        Settings.Sessions life = settings.sessions();
        SessionTimes times = new SessionTimes(life.idle(), life.maxAge(), life.retention());
        Outbox outbox = new Outbox();
        Sessions sessions = new Sessions(database, redis, prefix, times, outbox, random, clock);
        List<byte[]> secrets = secrets(settings, random);
        CookieSigner signer = new CookieSigner(secrets);
        SignIns signIns = new SignIns(
                database,
                sessions,
                hasher,
                new Attempts(redis, prefix, clock),
                tier("name", settings.throttle().failures()),
                tier("address", settings.throttle().failuresPerAddress()),
                signer,
                secrets.getFirst(),
                random,
                ids,
                clock);
        PasswordPolicy policy = new PasswordPolicy(
                settings.passwords().leastLength(),
                List.of(SERVICE_NAME, settings.appUrl().getHost()));
        KeyRing keys = keys(settings.sealing(), command, random);
        Phones phones = new Phones(keys);
        Users users = new Users(database, sessions, hasher, signIns, policy, phones, outbox, ids, clock);
        SessionLookup lookup = new SessionLookup(
                database, redis, prefix, counters, times, settings.postgres().timeout(), clock);
        return new Core(
                meters,
                database,
                leases,
                redis,
                counters,
                signer,
                ids,
                sessions,
                lookup,
                hasher,
                policy,
                keys,
                phones,
                signIns,
                users,
                new Reseal(database, phones),
                new Endpoints(database, keys, life.retention(), random, ids, clock));
    }

    /** Serving has made sure that there are some; a command signs nothing that anybody will see. */
    private static List<byte[]> secrets(Settings settings, SecureRandom random) {
        List<byte[]> given =
                settings.cookies().secrets().stream().map(Secret::bytes).toList();
        return given.isEmpty() ? List.of(random.generateSeed(32)) : given;
    }

    static Tier tier(String name, Rate rate) {
        return new Tier(name, rate.limit(), rate.period());
    }

    private static Snowflakes ids(
            Instant epoch, Database leases, OptionalInt worker, Clock clock, MeterRegistry meters) {
        return Snowflakes.leased(epoch, leases, worker, processName(), clock, meters);
    }

    private static PasswordHasher hasher(Passwords passwords, MeterRegistry meters) {
        Argon2 cost = passwords.argon2();
        HashParameters parameters = new HashParameters(cost.memoryKib(), cost.iterations(), cost.parallelism());
        Peppers peppers = new Peppers(
                passwords.pepper(),
                passwords.peppers().stream()
                        .map(pepper -> new Pepper(pepper.id(), pepper.secret().bytes()))
                        .toList());
        int permits = parameters.permits(Runtime.getRuntime().availableProcessors(), memoryForHashes());
        return new PasswordHasher(parameters, peppers, permits, HASH_DEADLINE, meters);
    }

    /** Of this process, for people. */
    static String processName() {
        return Logging.hostname() + " pid " + ProcessHandle.current().pid();
    }

    /** Of this machine, or of the container if it has less: what heap and all else leave. */
    private static long memoryForHashes() {
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return system.getTotalMemorySize() - Runtime.getRuntime().maxMemory() - OTHER_MEMORY;
    }

    private static KeyRing keys(Sealing sealing, boolean command, SecureRandom random) {
        if (sealing.privateKey().isEmpty() && !command) {
            throw new IllegalStateException("Serving has made sure that there is a key");
        }
        // Commands that seal or find have made sure of it, too; for the others any key will do.
        EciesKey current = sealing.privateKey().isEmpty()
                ? EciesKey.generate(random)
                : EciesKey.parse(sealing.privateKey().value());
        List<EciesKey> previous = sealing.previous().stream()
                .map(key -> EciesKey.parse(key.value()))
                .toList();
        return new KeyRing(current, previous, random);
    }

    private static <T extends AutoCloseable> T keep(Deque<AutoCloseable> opened, T resource) {
        opened.push(resource);
        return resource;
    }
}
