package io.gatehouse.crypto;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A fixed number of platform threads behind a bounded queue, so that a storm of sign-ins takes neither all memory nor
 * all processors. Platform threads, because a native call would pin a virtual thread's carrier. Thread-safe.
 */
final class HashPool implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(HashPool.class);

    /** Waiting work at most; with a deadline of seconds, more could not be served anyway. */
    private static final int QUEUE = 256;

    /** The last resort: a hash is long done by then, on any machine that anybody waits for. */
    private static final Duration LONGEST_HASH = Duration.ofSeconds(30);

    /**
     * More than requests have, which is a tenth of their weight where the processors are all taken: a request that needs microseconds does not wait
     * behind hashes that need most of a second. A processor that nobody else wants they still have to themselves.
     */
    private static final int NICENESS = 10;

    /** Take from the queue and answer; each waits for one of the nice ones, so that no second queue grows. */
    private final ThreadPoolExecutor threads;

    /**
     * Hash, and do nothing else: whatever thread a nice one starts or makes the JDK start, a carrier of virtual threads
     * for example, is as nice for ever.
     */
    private final ExecutorService nice;

    private final Duration deadline;
    private final Timer waited;
    private final Timer duration;
    private final Counter rejected;

    /** @param deadline longest wait for the work to begin */
    HashPool(int permits, Duration deadline, MeterRegistry meters) {
        this.deadline = deadline;
        this.threads = new ThreadPoolExecutor(
                permits,
                permits,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(QUEUE),
                Thread.ofPlatform().name("hashes-", 0).daemon().factory());
        this.nice = Executors.newFixedThreadPool(permits, niceThreads());
        Gauge.builder("gatehouse.password.hashes.queued", threads.getQueue(), Collection::size)
                .description("Passwords that wait to be hashed")
                .register(meters);
        Gauge.builder("gatehouse.password.hashes.running", threads, ThreadPoolExecutor::getActiveCount)
                .description("Passwords that are being hashed")
                .register(meters);
        Gauge.builder("gatehouse.password.hashes.permits", threads, ThreadPoolExecutor::getMaximumPoolSize)
                .description("Passwords that may be hashed at once")
                .register(meters);
        this.waited = Timer.builder("gatehouse.password.hashes.waited")
                .description("Time until a password was about to be hashed")
                .register(meters);
        this.duration = Timer.builder("gatehouse.password.hashes.duration")
                .description("Time that it took to hash a password, or to compare one")
                .register(meters);
        this.rejected = Counter.builder("gatehouse.password.hashes.rejected")
                .description("Passwords that were not hashed, because too many waited or something failed")
                .register(meters);
    }

    /**
     * The result of the work.
     *
     * @throws HasherBusyException when the queue is full or the deadline passes before the work has begun. What has
     *     begun is waited for: with one deadline for both, a queue that is always full would begin everything shortly
     *     before its deadline, and finish it for nobody.
     */
    <T> T run(Callable<T> work) {
        CompletableFuture<Boolean> begun = new CompletableFuture<>();
        FutureTask<T> task = submit(work, begun);
        try {
            if (begun.completeOnTimeout(false, patience(), TimeUnit.MILLISECONDS)
                    .get()) {
                return task.get(LONGEST_HASH.toMillis(), TimeUnit.MILLISECONDS);
            }
            throw withdrawn(task);
        } catch (TimeoutException e) {
            throw rejected();
        } catch (InterruptedException e) {
            begun.complete(false);
            Thread.currentThread().interrupt();
            throw withdrawn(task);
        } catch (ExecutionException e) {
            // No memory or no thread for libargon2: nobody knows whether the password is right.
            log.atError().setCause(e.getCause()).log("a password could not be hashed");
            throw rejected();
        }
    }

    /**
     * The result of work that can wait for another day.
     *
     * @throws HasherBusyException at once when anybody waits
     */
    <T> T runIfIdle(Callable<T> work) {
        if (!threads.getQueue().isEmpty()) {
            throw new HasherBusyException(deadline);
        }
        return run(work);
    }

    HashLoad load() {
        return new HashLoad(threads.getQueue().size(), QUEUE, threads.getActiveCount(), threads.getMaximumPoolSize());
    }

    @Override
    public void close() {
        // What runs ends: a native call hears no interrupt.
        threads.getQueue().clear();
        threads.shutdown();
        nice.shutdown();
    }

    /** @param begun true from the pool or false from the caller, whoever is first */
    private <T> FutureTask<T> submit(Callable<T> work, CompletableFuture<Boolean> begun) {
        long queued = System.nanoTime();
        FutureTask<T> task = new FutureTask<>(() -> {
            if (!begun.complete(true)) {
                throw new CancellationException();
            }
            waited.record(System.nanoTime() - queued, TimeUnit.NANOSECONDS);
            return duration.recordCallable(() -> nice.submit(work).get());
        });
        try {
            threads.execute(task);
            return task;
        } catch (RejectedExecutionException e) {
            throw rejected();
        }
    }

    /** Up to a fifth less than the deadline, in ms: who comes in a crowd is not sent away in one, to come again so. */
    private long patience() {
        long longest = deadline.toMillis();
        return longest - ThreadLocalRandom.current().nextLong(longest / 5 + 1);
    }

    private static ThreadFactory niceThreads() {
        ThreadFactory threads = Thread.ofPlatform().name("argon2-", 0).daemon().factory();
        return hashing -> threads.newThread(() -> {
            try {
                Niceness.addToThisThread(NICENESS);
            } finally {
                hashing.run();
            }
        });
    }

    /** Frees the place in the queue. */
    private HasherBusyException withdrawn(FutureTask<?> task) {
        threads.remove(task);
        return rejected();
    }

    /** Not done: the client may come again. */
    HasherBusyException rejected() {
        rejected.increment();
        return new HasherBusyException(deadline);
    }
}
