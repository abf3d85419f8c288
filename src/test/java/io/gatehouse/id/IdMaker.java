package io.gatehouse.id;

import io.gatehouse.config.Secret;
import io.gatehouse.config.Settings.Address;
import io.gatehouse.config.Settings.Login;
import io.gatehouse.config.Settings.Postgres;
import io.gatehouse.db.Database;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;

/** A replica that does nothing but make ids, as fast as it can, from when its file {@code FILE.go} appears
 * until {@code FILE.end} does. */
final class IdMaker {

    private static final long STOPPED_NANOS = TimeUnit.MILLISECONDS.toNanos(1500);

    private final Snowflakes ids;
    private final DataOutputStream out;
    private long first;
    private int length;
    private long lastMade = System.nanoTime();
    private boolean stopped;
    private long madeAfterStop;

    private IdMaker(Snowflakes ids, DataOutputStream out) {
        this.ids = ids;
        this.out = out;
    }

    /** Port, database, user, seconds that the clock is wrong by, the worker or -1, file. The password is in PGPASSWORD. */
    public static void main(String[] arguments) throws Exception {
        List<String> given = List.of(arguments);
        Login login = new Login(given.get(2), new Secret(System.getenv("PGPASSWORD")));
        Postgres postgres = Postgres.of(
                new Address("127.0.0.1", Integer.parseInt(given.get(0))),
                given.get(1),
                login,
                1,
                Duration.ofSeconds(2));
        Clock clock = Clock.offset(Clock.systemUTC(), Duration.ofSeconds(Long.parseLong(given.get(3))));
        int worker = Integer.parseInt(given.get(4));
        Path file = Path.of(given.get(5));
        try (Database database = Database.open(postgres);
                Snowflakes ids = Snowflakes.leased(
                        Instant.parse("2025-01-01T00:00:00Z"),
                        database,
                        worker < 0 ? OptionalInt.empty() : OptionalInt.of(worker),
                        "maker " + given.get(3),
                        clock,
                        new SimpleMeterRegistry());
                DataOutputStream out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)))) {
            System.out.println("ready");
            await(Path.of(file + ".go"));
            ids.start();
            Thread.ofPlatform().daemon().start(() -> renew(ids));
            new IdMaker(ids, out).run(file.resolveSibling(file.getFileName() + ".end"));
        }
    }

    /** Every other second; after a stop a second later, so that there is a time in which only the fence holds. */
    private static void renew(Snowflakes ids) {
        while (true) {
            long begun = System.nanoTime();
            pause(2000);
            if (System.nanoTime() - begun > TimeUnit.SECONDS.toNanos(3)) {
                pause(1000);
            }
            ids.renew();
        }
    }

    private static void await(Path file) {
        while (!Files.exists(file)) {
            pause(10);
        }
    }

    private void run(Path end) throws IOException {
        long refused = 0;
        long made = 0;
        for (long round = 1; round % 4096 != 0 || !Files.exists(end); round++) {
            try {
                note(ids.next());
                if (made++ == 0) {
                    System.out.println("first");
                }
            } catch (IdsUnavailableException e) {
                refused++;
                pause(1);
            }
        }
        writeRun();
        System.out.println("made " + made + " refused " + refused + " after-stop " + madeAfterStop);
    }

    private static void pause(long millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ids that follow each other are one entry: first id and count. */
    private void note(long id) throws IOException {
        long now = System.nanoTime();
        stopped |= now - lastMade > STOPPED_NANOS;
        lastMade = now;
        madeAfterStop += stopped ? 1 : 0;
        if (length > 0 && id == first + length) {
            length++;
            return;
        }
        writeRun();
        first = id;
        length = 1;
    }

    private void writeRun() throws IOException {
        if (length > 0) {
            out.writeLong(first);
            out.writeInt(length);
        }
        length = 0;
    }
}
