package io.gatehouse.session;

import static io.gatehouse.db.gen.Tables.USERS;

import io.gatehouse.config.Settings;
import io.gatehouse.config.Settings.Address;
import io.gatehouse.db.Database;
import io.gatehouse.db.SteppedDatabase;
import io.gatehouse.redis.SteppedRedis;
import io.gatehouse.redis.SteppedRedis.Line;
import io.gatehouse.support.RedisProcess;
import io.gatehouse.support.Steps;
import io.gatehouse.support.TestService;
import io.gatehouse.throttle.Counters;
import io.gatehouse.throttle.Limits;
import io.gatehouse.webhook.Outbox;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Rounds of {@link RevocationTest}: in each, one account and a few calls, interleaved at random. */
final class RevocationRounds implements AutoCloseable {

    /** Short, so that a refill can be held back past its end. */
    private static final Duration LEASE = Duration.ofMillis(25);

    /** Short, so that rows go while others are still being carried out. */
    private static final Duration KEPT = Duration.ofMillis(200);

    /** Longer than a round: each replica has to see each row. */
    private static final Duration KEPT_FOR_OTHERS = Duration.ofSeconds(10);

    private static final String PREFIX = "model:";
    private static final int MOST_CALLS = 12;
    /** Of accounts and sessions; several runs share a database. */
    private static final AtomicLong IDS = new AtomicLong();

    private static final List<Line> LINES = List.of(Line.OPEN, Line.CUT, Line.DEAF);

    private final Random random;
    private final Steps steps = new Steps();
    private final Database truth;
    private final List<Replica> replicas;
    private final Map<String, Integer> counts = new TreeMap<>();
    private final List<String> story = new ArrayList<>();
    private final List<String> tokens = new CopyOnWriteArrayList<>();
    private final Map<String, Long> sessions = new ConcurrentHashMap<>();
    private final AtomicInteger names = new AtomicInteger();
    private RevocationModel model = new RevocationModel();
    private final Map<String, Long> spent = new TreeMap<>();
    private long user;
    private final Set<RedisProcess> snapshots = new HashSet<>();

    private record Replica(
            int number,
            RedisProcess server,
            SteppedDatabase database,
            SteppedRedis redis,
            Sessions sessions,
            SessionLookup lookup) {}

    /** On one Redis: the service's. */
    RevocationRounds(TestService service, long seed) {
        this(service, service.ownRedis(), KEPT, seed);
    }

    /** With another Redis for the second replica, as in the middle of a failover. */
    RevocationRounds(TestService service, RedisProcess other, long seed) {
        this(service, other, KEPT_FOR_OTHERS, seed);
    }

    private RevocationRounds(TestService service, RedisProcess other, Duration kept, long seed) {
        this.random = new Random(seed);
        this.truth = Database.open(service.database());
        this.replicas = List.of(replica(service, 0, service.ownRedis(), kept), replica(service, 1, other, kept));
    }

    private Replica replica(TestService service, int number, RedisProcess server, Duration kept) {
        Settings.Redis known = service.settings().redis();
        Settings.Redis direct = known.at(new Address("127.0.0.1", server.port()), known.login());
        SteppedDatabase database = new SteppedDatabase(service.database(), steps);
        SteppedRedis connection = new SteppedRedis(direct, steps);
        SessionTimes times =
                new SessionTimes(Duration.ofHours(1), Duration.ofHours(9), Duration.ofDays(1), LEASE, kept);
        Clock clock = Clock.systemUTC();
        Sessions sessions = new Sessions(database, connection, PREFIX, times, new Outbox(), new SecureRandom(), clock);
        Counters counters = new Counters(connection, PREFIX, clock);
        SessionLookup lookup =
                new SessionLookup(database, connection, PREFIX, counters, times, Duration.ofSeconds(5), clock);
        return new Replica(number, server, database, connection, sessions, lookup);
    }

    /** One round; what was seen that must not be. */
    List<String> round() throws IOException {
        model = new RevocationModel();
        story.clear();
        tokens.clear();
        snapshots.clear();
        user = IDS.incrementAndGet();
        newUser();
        issue(replicas.getFirst());
        int calls = 3 + random.nextInt(MOST_CALLS - 2);
        while (calls > 0 || !steps.allDone()) {
            List<Steps.Worker> paused = steps.paused();
            if (calls > 0 && (paused.isEmpty() || (paused.size() < 4 && random.nextInt(4) == 0))) {
                calls--;
                begin();
            } else if (!paused.isEmpty()) {
                long before = System.nanoTime();
                steps.letGo(paused.get(random.nextInt(paused.size())));
                spent.merge("step us", (System.nanoTime() - before) / 1000, Long::sum);
                spent.merge("steps", 1L, Long::sum);
            }
        }
        steps.finish();
        long before = System.nanoTime();
        heal();
        spent.merge("heal ms", (System.nanoTime() - before) / 1_000_000, Long::sum);
        return model.violations();
    }

    private void begin() throws IOException {
        Replica replica = replicas.get(random.nextInt(replicas.size()));
        String token = tokens.get(random.nextInt(tokens.size()));
        int die = random.nextInt(100);
        if (die < 45) {
            work("look up", replica, () -> lookUp(replica, token));
        } else if (die < 57) {
            work("end", replica, () -> end(replica, token));
        } else if (die < 67) {
            work("rename", replica, () -> rename(replica));
        } else if (die < 72) {
            work("issue", replica, () -> issue(replica));
        } else if (die < 78) {
            work("carry out", replica, replica.sessions()::carryOutLeftOvers);
        } else if (die < 82) {
            work("trial", replica, replica.redis()::trial);
        } else {
            long before = System.nanoTime();
            fault(replica, die);
            spent.merge("fault ms", (System.nanoTime() - before) / 1_000_000, Long::sum);
        }
    }

    /** Happens at once, between two steps of the others. */
    private void fault(Replica replica, int die) throws IOException {
        if (die < 87) {
            Line line = LINES.get(random.nextInt(LINES.size()));
            note("line " + line, replica);
            replica.redis().line(line);
        } else if (die < 90) {
            note("flush", replica);
            replica.server().flush();
        } else if (die < 94) {
            note("snapshot", replica);
            replica.server().snapshot();
            snapshots.add(replica.server());
        } else if (die < 98 && snapshots.contains(replica.server())) {
            note("restart from snapshot", replica);
            replica.server().restartFromSnapshot();
        } else if (die >= 98) {
            note("lease runs out", replica);
            sleep(LEASE.plusMillis(5));
        }
    }

    private void work(String name, Replica replica, Runnable work) {
        note(name, replica);
        steps.start(work);
    }

    private void note(String what, Replica replica) {
        story.add(what + " on " + replica.number());
        counts.merge(what, 1, Integer::sum);
    }

    private void lookUp(Replica replica, String token) {
        lookUp(replica, token, rowWaits(token, replica));
    }

    private void lookUp(Replica replica, String token, boolean waiting) {
        long begun = model.tick();
        Optional<Session> session =
                replica.lookup().find(token, "r", Limits.NONE).session();
        model.saw(
                token,
                replica.number(),
                begun,
                waiting,
                session.map(it -> Integer.parseInt(it.user().name())));
    }

    private void end(Replica replica, String token) {
        RevocationModel.Change change = model.beginEnd(token, replica.number());
        replica.sessions().end(sessions.getOrDefault(token, 0L), user, "test");
        model.done(change);
    }

    private void rename(Replica replica) {
        RevocationModel.Change[] change = new RevocationModel.Change[1];
        Sessions.Stale stale = replica.database().tx(sql -> {
            int name = names.incrementAndGet();
            change[0] = model.beginName(name, replica.number());
            sql.update(USERS)
                    .set(USERS.NAME, Integer.toString(name))
                    .where(USERS.ID.eq(user))
                    .execute();
            return replica.sessions().refresh(sql, user);
        });
        replica.sessions().settle(stale);
        model.done(change[0]);
    }

    private void issue(Replica replica) {
        Sessions.Begun begun = replica.database().tx(sql -> {
            String name = sql.update(USERS)
                    .set(USERS.LAST_LOGIN_AT, Instant.EPOCH)
                    .where(USERS.ID.eq(user))
                    .returningResult(USERS.NAME)
                    .fetchSingle()
                    .value1();
            Session.User owner = new Session.User(user, name, "x", List.of("user"));
            return replica.sessions().begin(sql, IDS.incrementAndGet(), owner, new Client("", ""), Optional.empty());
        });
        replica.sessions().settle(begun.stale());
        sessions.put(begun.token(), begun.session().id());
        tokens.add(begun.token());
    }

    /** Everything reachable again, everything carried out: from now on every look-up must be right. */
    private void heal() {
        replicas.forEach(replica -> replica.redis().line(Line.OPEN));
        for (Replica replica : replicas) {
            awaitRedis(replica);
            replica.redis().trial();
            replica.sessions().carryOutLeftOvers();
        }
        for (int i = 0; i < 2; i++) {
            for (Replica replica : replicas) {
                tokens.forEach(token -> lookUp(replica, token, false));
            }
        }
    }

    private static void awaitRedis(Replica replica) {
        for (int i = 0; i < 100; i++) {
            try {
                replica.redis().probe();
                return;
            } catch (RuntimeException e) {
                sleep(Duration.ofMillis(20));
            }
        }
        throw new AssertionError("Redis does not come back");
    }

    /** A row that is only kept for others is no excuse. */
    private boolean rowWaits(String token, Replica replica) {
        byte[] hash = new SessionToken(token).hash();
        return truth
                .read(sql -> sql.fetch("select id from invalidations where token_hash = ?", hash)
                        .getValues(0, Long.class))
                .stream()
                .anyMatch(id -> replicas.stream()
                        .filter(it -> it.server().equals(replica.server()))
                        .noneMatch(it -> it.sessions().hasCarriedOut(id)));
    }

    private void newUser() {
        int name = names.incrementAndGet();
        truth.tx(sql -> sql.insertInto(USERS)
                .set(USERS.ID, user)
                .set(USERS.NAME, Integer.toString(name))
                .set(USERS.EMAIL, user + "@example.com")
                .set(USERS.PASSWORD, "x")
                .execute());
    }

    String story() {
        return String.join("\n", story);
    }

    int lookups() {
        return counts.getOrDefault("look up", 0);
    }

    String summary() {
        return counts + " " + spent;
    }

    private static void sleep(Duration time) {
        try {
            TimeUnit.MILLISECONDS.sleep(time.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        for (Replica replica : replicas) {
            replica.redis().close();
            replica.database().close();
        }
        truth.close();
    }
}
