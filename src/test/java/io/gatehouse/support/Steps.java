package io.gatehouse.support;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs pieces of work at once, but lets only one of them go on at a time, from one call to a store to the next, so that
 * a test decides how they interleave. Calls by other threads pass.
 */
public final class Steps {

    private static final long PATIENCE_SECONDS = 20;

    private final Map<Thread, Worker> workers = new ConcurrentHashMap<>();
    private final List<Worker> started = new ArrayList<>();

    /** A piece of work under way. */
    public static final class Worker {
        private final Semaphore permission = new Semaphore(0);
        private volatile boolean paused;
        private volatile boolean waking;
        private volatile boolean outside;
        private volatile boolean done;
        private volatile @Nullable Throwable failure;
        private volatile @Nullable Thread thread;

        private boolean quiet() {
            Thread mine = thread;
            if (done || paused) {
                return true;
            }
            // Waits for another piece of work, such as a query that both share.
            Thread.State state = mine == null ? Thread.State.NEW : mine.getState();
            return !outside && !waking && (state == Thread.State.WAITING || state == Thread.State.TIMED_WAITING);
        }
    }

    /** A call to a store, with a pause before and one after. */
    public <T> T call(Supplier<T> call) {
        Worker worker = workers.get(Thread.currentThread());
        if (worker == null) {
            return call.get();
        }
        pause(worker);
        worker.outside = true;
        try {
            return call.get();
        } finally {
            worker.outside = false;
            pause(worker);
        }
    }

    private void pause(Worker worker) {
        worker.paused = true;
        moved();
        worker.permission.acquireUninterruptibly();
        worker.waking = false;
    }

    /** Begins a piece of work, which pauses at once. */
    public void start(Runnable work) {
        Worker worker = new Worker();
        Thread thread = Thread.ofPlatform().daemon().unstarted(() -> {
            pause(worker);
            try {
                work.run();
            } catch (RuntimeException | Error e) {
                worker.failure = e;
            } finally {
                workers.remove(Thread.currentThread());
                worker.done = true;
                moved();
            }
        });
        worker.thread = thread;
        workers.put(thread, worker);
        started.add(worker);
        thread.start();
    }

    /** Those that wait for permission, once nothing moves any more. */
    public List<Worker> paused() {
        awaitQuiet();
        return started.stream().filter(worker -> worker.paused).toList();
    }

    /** Whether nothing is under way any more. */
    public boolean allDone() {
        return started.stream().allMatch(worker -> worker.done);
    }

    /** Lets one go on to its next pause. */
    public void letGo(Worker worker) {
        worker.waking = true;
        worker.paused = false;
        worker.permission.release();
        awaitQuiet();
    }

    /**
     * Forgets work that is done.
     *
     * @throws AssertionError when some is not, or has failed
     */
    public void finish() {
        for (Worker worker : started) {
            Throwable failure = worker.failure;
            if (failure != null) {
                throw new AssertionError("A piece of work failed", failure);
            }
            if (!worker.done) {
                throw new AssertionError("A piece of work hangs");
            }
        }
        started.clear();
    }

    private synchronized void moved() {
        notifyAll();
    }

    private synchronized void awaitQuiet() {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!started.stream().allMatch(Worker::quiet)) {
            if (System.nanoTime() > end) {
                throw new AssertionError("Nothing comes to rest");
            }
            try {
                // Whoever waits for another piece of work tells nobody so.
                wait(1);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("Interrupted", e);
            }
        }
    }
}
