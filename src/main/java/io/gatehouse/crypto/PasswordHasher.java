package io.gatehouse.crypto;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Password hashing on a fixed pool of platform threads behind a bounded queue, so that a storm of sign-ins takes
 * neither all memory nor all processors. Platform threads, because a native call would pin a virtual thread's
 * carrier. Thread-safe.
 */
public final class PasswordHasher implements AutoCloseable {

    /** Waiting work at most; with the deadline below, more could not be served anyway. */
    private static final int QUEUE = 256;

    private final Argon2Hasher argon2;
    private final ThreadPoolExecutor pool;
    private final Duration deadline;
    private final String decoy;

    /**
     * @param parameters of new hashes
     * @param processors of the machine: libargon2 runs {@code parallelism} threads a hash, so the pool holds
     *     {@code max(1, processors / parallelism)} threads
     * @param deadline longest wait for a result, queueing included
     */
    public PasswordHasher(HashParameters parameters, int processors, Duration deadline) {
        int threads = Math.max(1, processors / parameters.parallelism());
        this.argon2 = new Argon2Hasher(parameters);
        this.deadline = deadline;
        this.pool = new ThreadPoolExecutor(
                threads,
                threads,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(QUEUE),
                Thread.ofPlatform().name("argon2-", 0).daemon().factory());
        this.decoy = argon2.hash("nobody has this password".getBytes(StandardCharsets.UTF_8));
    }

    /**
     * A new hash in the PHC string format.
     *
     * @throws HasherBusyException when the queue is full or the deadline passes
     */
    public String hash(String password) {
        return withBytes(password, bytes -> run(() -> argon2.hash(bytes)));
    }

    /**
     * Whether the password made the hash.
     *
     * @param hash of the account, or null where there is no account: a decoy of the same cost is verified then, so
     *     that the time taken tells nothing
     * @throws HasherBusyException when the queue is full or the deadline passes
     */
    public boolean verify(@Nullable String hash, String password) {
        boolean matches = withBytes(password, bytes -> run(() -> argon2.verify(hash == null ? decoy : hash, bytes)));
        return matches && hash != null;
    }

    /** Whether a hash should be made anew at the next successful sign-in. */
    public boolean outdated(String hash) {
        return argon2.outdated(hash);
    }

    @Override
    public void close() {
        pool.shutdownNow();
    }

    private <T> T run(Callable<T> work) {
        Future<T> result;
        try {
            result = pool.submit(work);
        } catch (RejectedExecutionException e) {
            throw new HasherBusyException(deadline);
        }
        try {
            return result.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | CancellationException e) {
            abandon(result);
            throw new HasherBusyException(deadline);
        } catch (InterruptedException e) {
            abandon(result);
            Thread.currentThread().interrupt();
            throw new HasherBusyException(deadline);
        } catch (ExecutionException e) {
            throw new IllegalStateException("argon2 failed", e.getCause());
        }
    }

    /** Frees the place in the queue. Not by interrupt: a native call does not hear it. */
    private void abandon(Future<?> result) {
        result.cancel(false);
        pool.purge();
    }

    private static <T> T withBytes(String password, Function<byte[], T> work) {
        byte[] bytes = password.getBytes(StandardCharsets.UTF_8);
        try {
            return work.apply(bytes);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }
}
