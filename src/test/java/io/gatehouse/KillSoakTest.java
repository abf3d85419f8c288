package io.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gatehouse.support.DebianStores;
import io.gatehouse.support.ServeProcess;
import io.gatehouse.support.TestClient;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ten times in a row: kill -9 under load, start again; nothing that was answered 201 is lost. */
@Tag("soak")
class KillSoakTest {

    private static final int KILLS = 10;
    private static final int CLIENTS = 8;

    @TempDir
    private Path folder;

    private final Queue<String> registered = new ConcurrentLinkedQueue<>();
    private final AtomicInteger names = new AtomicInteger();

    @Test
    void noRegistrationIsLostOnEmbeddedStores() throws Exception {
        noRegistrationIsLost(Map.of());
    }

    @Test
    void noRegistrationIsLostOnExternalStores(@TempDir Path storesFolder) throws Exception {
        assumeTrue(DebianStores.installed(), "SKIPPED: PostgreSQL 15 and Redis 7 of Debian are not installed");
        try (DebianStores stores = new DebianStores(storesFolder)) {
            try (ServeProcess up = ServeProcess.start(folder, stores.environment(), "db", "up")) {
                assertThat(up.exitCode()).isZero();
            }
            noRegistrationIsLost(stores.environment());
        }
    }

    private void noRegistrationIsLost(Map<String, String> environment) throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < KILLS; i++) {
            long start = System.nanoTime();
            try (ServeProcess serve = ServeProcess.serve(folder, environment)) {
                long ready = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
                AtomicBoolean stop = new AtomicBoolean();
                List<Thread> clients = IntStream.range(0, CLIENTS)
                        .mapToObj(n -> Thread.startVirtualThread(() -> register(serve.client(), stop)))
                        .toList();
                TimeUnit.MILLISECONDS.sleep(500 + random.nextInt(2000));
                serve.kill();
                stop.set(true);
                for (Thread client : clients) {
                    client.join();
                }
                System.out.printf(
                        "kill %d of %d, seed %d: started in %d ms, %d registrations answered 201 so far%n",
                        i + 1, KILLS, seed, ready, registered.size());
            }
        }
        try (ServeProcess last = ServeProcess.serve(folder, environment)) {
            assertThat(registered).hasSizeGreaterThan(KILLS);
            assertThat(registered)
                    .allSatisfy(email -> assertThat(last.client().login(email).status())
                            .as(email)
                            .isEqualTo(200));
            assertThat(last.terminate()).isZero();
        }
    }

    private void register(TestClient client, AtomicBoolean stop) {
        while (!stop.get()) {
            String email = "user" + names.incrementAndGet() + "@example.com";
            try {
                if (client.register(email).status() == 201) {
                    registered.add(email);
                }
            } catch (java.io.UncheckedIOException e) {
                return; // killed
            }
        }
    }
}
