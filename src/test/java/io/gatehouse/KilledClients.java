package io.gatehouse;

import io.gatehouse.support.Await;
import io.gatehouse.support.TestClient;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * Clients that go on whether the service is there or not: they sign up, sign in, check and revoke sessions, each on
 * accounts of its own.
 */
final class KilledClients implements AutoCloseable {

    /** While nothing listens. */
    private static final Duration PAUSE = Duration.ofMillis(100);

    private final TestClient client;
    private final KilledAnswers answers = new KilledAnswers();
    private final Queue<KilledAccount> accounts = new ConcurrentLinkedQueue<>();
    private final List<Thread> threads;
    private volatile boolean stopped;

    /** Begins at once. */
    KilledClients(TestClient client, int number, long seed) {
        this.client = client;
        this.threads = IntStream.range(0, number)
                .mapToObj(n -> Thread.ofVirtual().name("client-" + n).start(() -> work(n, seed + n)))
                .toList();
    }

    KilledAnswers answers() {
        return answers;
    }

    /** Whose registration was answered. */
    List<KilledAccount> accounts() {
        return accounts.stream().filter(KilledAccount::registered).toList();
    }

    /** No more requests. */
    void stop() {
        stopped = true;
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        stop();
    }

    private void work(int number, long seed) {
        RandomGenerator random = new SplittableRandom(seed);
        List<KilledAccount> own = new ArrayList<>();
        while (!stopped) {
            if (own.isEmpty() || own.getLast().full()) {
                KilledAccount account = new KilledAccount("user" + number + "-" + own.size() + "@example.com", answers);
                own.add(account);
                accounts.add(account);
            }
            boolean newest = random.nextInt(3) > 0;
            KilledAccount account = newest ? own.getLast() : own.get(random.nextInt(own.size()));
            try {
                account.step(client, random);
            } catch (UncheckedIOException e) {
                Await.pause(PAUSE);
            }
        }
    }
}
