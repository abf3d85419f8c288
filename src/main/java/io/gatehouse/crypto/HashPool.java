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
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
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

    private final ThreadPoolExecutor threads;
    private final Duration deadline;
    private final Timer waited;
    private final Timer duration;
    private final Counter rejected;

    /** @param deadline longest wait for a result, queueing included */
    HashPool(int permits, Duration deadline, MeterRegistry meters) {
        this.deadline = deadline;
        this.threads = new ThreadPoolExecutor(
                permits,
                permits,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(QUEUE),
                Thread.ofPlatform().name("argon2-", 0).daemon().factory());
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
     * @throws HasherBusyException when the queue is full or the deadline passes
     */
    <T> T run(Callable<T> work) {
        Future<T> result = submit(work);
        try {
            return result.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | CancellationException e) {
            throw abandoned(result);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw abandoned(result);
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
        threads.shutdownNow();
    }

    private <T> Future<T> submit(Callable<T> work) {
        long queued = System.nanoTime();
        try {
            return threads.submit(() -> {
                waited.record(System.nanoTime() - queued, TimeUnit.NANOSECONDS);
                return duration.recordCallable(work);
            });
        } catch (RejectedExecutionException e) {
            throw rejected();
        }
    }

    /** Frees the place in the queue. Not by interrupt: a native call does not hear it. */
    private HasherBusyException abandoned(Future<?> result) {
        result.cancel(false);
        threads.purge();
        return rejected();
    }

    /** Not done: the client may come again. */
    HasherBusyException rejected() {
        rejected.increment();
        return new HasherBusyException(deadline);
    }
}
