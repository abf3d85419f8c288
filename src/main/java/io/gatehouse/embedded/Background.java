package io.gatehouse.embedded;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Runs a step on a thread of its own and waits for it regardless of interrupts.
 *
 * <p>An interrupt would close the FileChannel it meets and with it the lock, and would leave a store half stopped. The
 * caller's interrupt flag is kept; {@link CompletableFuture#join} sees to that.
 */
final class Background {
    /** A step that yields a value. */
    @FunctionalInterface
    interface Task<T> {
        T call() throws IOException;
    }

    /** A step that yields none. */
    @FunctionalInterface
    interface Action {
        void run() throws IOException;
    }

    private Background() {}

    static <T> T call(String failure, Task<T> task) {
        return join(start(failure, task));
    }

    static void run(String failure, Action action) {
        call(failure, () -> {
            action.run();
            return true;
        });
    }

    static <T> CompletableFuture<T> start(String failure, Task<T> task) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return task.call();
                    } catch (IOException e) {
                        throw new EmbeddedStoreException(failure + ": " + e, e);
                    }
                },
                work -> Thread.ofPlatform().daemon().name("embedded-stores").start(work));
    }

    static <T> T join(CompletableFuture<T> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof EmbeddedStoreException known ? known : e;
        }
    }
}
