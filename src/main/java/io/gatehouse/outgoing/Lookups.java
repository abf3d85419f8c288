package io.gatehouse.outgoing;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Looks names up within a deadline. The system's resolver knows none, cannot be interrupted and would hold a carrier
 * of virtual threads, so it runs on a few threads of its own; all who ask for a name at the same time share one
 * look-up, so that one slow name holds one thread. Thread-safe.
 */
final class Lookups implements AutoCloseable {

    private static final int THREADS = 8;
    private static final int WAITING = 256;

    private final Resolver resolver;
    private final Map<String, CompletableFuture<List<InetAddress>>> running = new ConcurrentHashMap<>();
    private final ThreadPoolExecutor threads;

    Lookups(Resolver resolver) {
        this.resolver = resolver;
        this.threads = new ThreadPoolExecutor(
                THREADS,
                THREADS,
                30,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(WAITING),
                Thread.ofPlatform().daemon().name("outgoing-dns-", 0).factory());
        threads.allowCoreThreadTimeOut(true);
    }

    /**
     * The addresses of a name, at least one.
     *
     * @throws OutgoingException {@code NO_SUCH_HOST}, {@code CONNECT_TIMEOUT}, {@code BUSY}, {@code INTERRUPTED}
     */
    List<InetAddress> addresses(String name, Deadline deadline) {
        try {
            return shared(name).get(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw OutgoingException.of(Reason.CONNECT_TIMEOUT, name, "its name is not found in time");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RejectedExecutionException) {
                throw OutgoingException.of(Reason.BUSY, name, "too many names are looked up already");
            }
            throw OutgoingException.of(Reason.NO_SUCH_HOST, name, "no such host");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw OutgoingException.of(Reason.INTERRUPTED, name, "interrupted");
        }
    }

    private CompletableFuture<List<InetAddress>> shared(String name) {
        CompletableFuture<List<InetAddress>> mine = new CompletableFuture<>();
        CompletableFuture<List<InetAddress>> before = running.putIfAbsent(name, mine);
        if (before != null) {
            return before;
        }
        try {
            threads.execute(() -> lookUp(name, mine));
        } catch (RejectedExecutionException e) {
            running.remove(name, mine);
            mine.completeExceptionally(e);
        }
        return mine;
    }

    private void lookUp(String name, CompletableFuture<List<InetAddress>> result) {
        try {
            List<InetAddress> found = List.copyOf(resolver.resolve(name));
            if (found.isEmpty()) {
                throw new UnknownHostException(name);
            }
            running.remove(name, result);
            result.complete(found);
        } catch (UnknownHostException | RuntimeException e) {
            running.remove(name, result);
            result.completeExceptionally(e);
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
