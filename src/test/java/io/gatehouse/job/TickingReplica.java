package io.gatehouse.job;

import static java.time.ZoneOffset.UTC;
import static org.jooq.impl.DSL.val;

import io.gatehouse.config.Secret;
import io.gatehouse.config.Settings.Address;
import io.gatehouse.config.Settings.Login;
import io.gatehouse.config.Settings.Postgres;
import io.gatehouse.support.Await;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;

/**
 * A process that does nothing but a job of every second, which writes at its start and at its end. Each row says whose
 * run it is, and who has the lease at the moment of the commit.
 */
final class TickingReplica {

    static final String JOB = "ticking";

    /** Long enough to be killed or stopped in. */
    private static final Duration WORK = Duration.ofMillis(400);

    private TickingReplica() {}

    /** Port, database, user, name, seconds that the clock is wrong by. The password is in PGPASSWORD. */
    public static void main(String[] arguments) throws Exception {
        List<String> given = List.of(arguments);
        String name = given.get(3);
        Postgres postgres = Postgres.of(
                new Address("127.0.0.1", Integer.parseInt(given.get(0))),
                given.get(1),
                new Login(given.get(2), new Secret(System.getenv("PGPASSWORD"))),
                2,
                Duration.ofSeconds(2));
        Clock clock = Clock.offset(Clock.systemUTC(), Duration.ofSeconds(Long.parseLong(given.get(4))));
        Job job = new Job(
                JOB,
                "* * * * * ?",
                UTC,
                Duration.ofSeconds(30),
                CatchUp.EACH,
                Lock.ONE_REPLICA,
                run -> work(run, name));
        Replica replica = new Replica(postgres, name, Duration.ofSeconds(10), clock, job);
        Runtime.getRuntime().addShutdownHook(new Thread(replica::close));
        Replica _ = replica.started();
        System.out.println("ready");
        new CountDownLatch(1).await();
    }

    private static long work(JobRun run, String name) {
        String id = UUID.randomUUID().toString();
        write(run, id, name);
        Await.pause(WORK);
        write(run, id, name);
        return 2;
    }

    private static void write(JobRun run, String id, String name) {
        int _ = run.tx(sql -> sql.execute(
                "insert into written select {0}, {1}, runner_name, fence, running_tick from jobs where name = {2}",
                val(id), val(name), val(JOB)));
    }
}
