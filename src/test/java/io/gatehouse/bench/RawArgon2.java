package io.gatehouse.bench;

import de.mkammerer.argon2.Argon2;
import de.mkammerer.argon2.Argon2Factory;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What the machine can verify at all: argon2-jvm in a loop, on as many threads as Gatehouse has permits. Reads numbers
 * of seconds from the standard input, answers each with verifications per second.
 */
public final class RawArgon2 {

    private static final Argon2 ARGON2 = Argon2Factory.create(Argon2Factory.Argon2Types.ARGON2id);

    private RawArgon2() {}

    /** Threads, hash, password. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        int threads = Integer.parseInt(arguments[0]);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            System.out.println(perSecond(threads, Integer.parseInt(line), arguments[1], arguments[2]));
        }
    }

    private static double perSecond(int threads, int seconds, String hash, String password)
            throws InterruptedException {
        AtomicLong verified = new AtomicLong();
        long start = System.nanoTime();
        long end = start + seconds * 1_000_000_000L;
        List<Thread> running = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            running.add(Thread.ofPlatform().start(() -> {
                while (System.nanoTime() < end) {
                    if (!ARGON2.verify(hash, password.toCharArray())) {
                        throw new IllegalStateException("The password does not fit the hash");
                    }
                    verified.incrementAndGet();
                }
            }));
        }
        for (Thread thread : running) {
            thread.join();
        }
        // The last ones end after the time: all of what was done by all of what it took.
        return verified.get() / ((System.nanoTime() - start) / 1e9);
    }
}
