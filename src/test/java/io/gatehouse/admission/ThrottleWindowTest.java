package io.gatehouse.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.support.TestClient;
import io.gatehouse.support.TestService;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Never more than the limit in any window, whatever comes at the same time, over two replicas. A request was counted
 * some time between its sending and its reply, so only those windows are held against the service that surely hold
 * too many.
 */
class ThrottleWindowTest {

    private static final Duration WINDOW = Duration.ofSeconds(1);
    private static final Duration SLOW_WINDOW = Duration.ofMillis(3200);
    private static final long PART_OF_SLOW = 200;
    private static final int CLIENTS = 64;

    /** Up to 100 every hit is remembered by itself. */
    private static final int SMALL_LIMIT = 40;

    /** Above 100 hits are counted in parts of the window. */
    private static final int LARGE_LIMIT = 112;

    /** Redis counts in whole milliseconds. */
    private static final long PRECISION = TimeUnit.MILLISECONDS.toNanos(2);

    @Order(1)
    @RegisterExtension
    private static final TestService SMALL = service(SMALL_LIMIT, WINDOW);

    @Order(2)
    @RegisterExtension
    private static final TestService SMALL_TWIN = new TestService().beside(SMALL);

    @Order(3)
    @RegisterExtension
    private static final TestService LARGE = service(LARGE_LIMIT, WINDOW);

    @Order(4)
    @RegisterExtension
    private static final TestService LARGE_TWIN = new TestService().beside(LARGE);

    /** Its period has 16 parts of 200 ms. */
    @RegisterExtension
    private static final TestService SLOW = service(LARGE_LIMIT, SLOW_WINDOW);

    private static TestService service(int limit, Duration period) {
        return new TestService()
                .with("TRUSTED_PROXIES", "127.0.0.1/32")
                // A process that gives Redis up for a moment would go on counting by itself.
                .with("REDIS_TIMEOUT_MS", "5000")
                .with("SHORT_THROTTLE_LIMIT", Integer.toString(limit))
                .with("SHORT_THROTTLE_TTL", Long.toString(period.toMillis()));
    }

    private record Request(boolean admitted, long sent, long received) {}

    /** Alternates between the replicas. */
    private static Request send(int limit, int number, String address) {
        TestService first = limit == SMALL_LIMIT ? SMALL : LARGE;
        TestService second = limit == SMALL_LIMIT ? SMALL_TWIN : LARGE_TWIN;
        return send(number % 2 == 0 ? first : second, address);
    }

    private static Request send(TestService service, String address) {
        TestClient client = service.client().with("X-Forwarded-For", address);
        long sent = System.nanoTime();
        int status = client.get("/api/session").status();
        return new Request(status == 401, sent, System.nanoTime());
    }

    @Test
    void noWindowHoldsMoreThanTheLimitUnderParallelClients() throws Exception {
        forBothLimits(limit -> {
            Queue<Request> all = new ConcurrentLinkedQueue<>();
            long end = System.nanoTime() + WINDOW.multipliedBy(3).toNanos();

            inParallel(CLIENTS, number -> {
                while (System.nanoTime() < end) {
                    all.add(send(limit, number, "198.51.100.1"));
                    TimeUnit.MILLISECONDS.sleep(60);
                }
            });

            assertThat(all).hasSizeGreaterThan(2 * limit);
            assertThat(admitted(all)).hasSizeGreaterThanOrEqualTo(2 * limit);
            assertThat(fullest(all, WINDOW)).isLessThanOrEqualTo(limit);
        });
    }

    /** A limit that begins anew at fixed times would admit nearly twice as many around such a time. */
    @Test
    void aBurstAcrossTheEndOfAPeriodGetsNoMore() throws Exception {
        forBothLimits(limit -> {
            Queue<Request> all = new ConcurrentLinkedQueue<>();
            String address = "198.51.100.2";
            long start = next(WINDOW.toMillis());
            sleepUntil(start);
            all.add(send(limit, 0, address));

            sleepUntil(start + WINDOW.toNanos() * 3 / 4);
            inParallel(limit - 1, number -> all.add(send(limit, number, address)));
            assertThat(all).hasSize(limit).allMatch(Request::admitted);
            sleepUntil(start + WINDOW.toNanos() * 21 / 20);
            inParallel(limit, number -> all.add(send(limit, number, address)));

            assertThat(all).anyMatch(request -> !request.admitted());
            assertThat(fullest(all, WINDOW)).isLessThanOrEqualTo(limit);
        });
    }

    /** Counting that forgets some part of the window too early would never stop it. */
    @Test
    void aSteadyStreamJustAboveTheLimitIsStopped() throws Exception {
        forBothLimits(limit -> {
            Queue<Request> all = new ConcurrentLinkedQueue<>();
            long pause = WINDOW.toNanos() * 100 / (limit * 104L);
            long start = System.nanoTime();

            for (int i = 0; i < 2 * limit; i++) {
                sleepUntil(start + i * pause);
                all.add(send(limit, i, "198.51.100.3"));
            }

            assertThat(all).anyMatch(request -> !request.admitted());
            assertThat(fullest(all, WINDOW)).isLessThanOrEqualTo(limit);
        });
    }

    /** Hits late in a part must not leave with its beginning. */
    @Test
    void aPartOfAPeriodCountsUntilItsLastHitHasLeft() throws Exception {
        Queue<Request> all = new ConcurrentLinkedQueue<>();
        inParallel(LARGE_LIMIT, number -> send(SLOW, "198.51.100.4"));
        long start = next(PART_OF_SLOW);

        sleepUntil(start + TimeUnit.MILLISECONDS.toNanos(PART_OF_SLOW / 2));
        inParallel(LARGE_LIMIT, number -> all.add(send(SLOW, "198.51.100.5")));
        assertThat(all).hasSize(LARGE_LIMIT).allMatch(Request::admitted);
        sleepUntil(start + SLOW_WINDOW.toNanos() + PRECISION);
        inParallel(LARGE_LIMIT, number -> all.add(send(SLOW, "198.51.100.5")));

        assertThat(fullest(all, SLOW_WINDOW)).isLessThanOrEqualTo(LARGE_LIMIT);
    }

    private static List<Request> admitted(Queue<Request> all) {
        return all.stream().filter(Request::admitted).toList();
    }

    /** The most requests that were surely counted within one window. */
    private static long fullest(Queue<Request> all, Duration period) {
        List<Request> admitted = admitted(all);
        long window = period.toNanos() - PRECISION;
        return admitted.stream()
                .mapToLong(first -> admitted.stream()
                        .filter(other -> other.sent() - first.sent() >= 0 && other.received() - first.sent() < window)
                        .count())
                .max()
                .orElse(0);
    }

    private interface Work {
        void run(int number) throws Exception;
    }

    private static void forBothLimits(Work work) throws Exception {
        inParallel(2, number -> work.run(number == 0 ? SMALL_LIMIT : LARGE_LIMIT));
    }

    private static void inParallel(int number, Work work) throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < number; i++) {
                int mine = i;
                running.add(threads.submit(() -> {
                    work.run(mine);
                    return null;
                }));
            }
            for (Future<?> each : running) {
                each.get();
            }
        }
    }

    /** When the clock that Redis reads, too, shows the next multiple of so many milliseconds. */
    private static long next(long millis) {
        long left = millis - System.currentTimeMillis() % millis;
        return System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(left);
    }

    private static void sleepUntil(long nanos) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(nanos - System.nanoTime());
    }
}
