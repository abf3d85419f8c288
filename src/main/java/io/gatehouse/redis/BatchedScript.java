package io.gatehouse.redis;

import io.lettuce.core.RedisException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A script that serves many callers at once. A call goes out by itself while Redis has little to do; those that come
 * while it has not answered the ones before go out together, so that what a script costs beside its work (its name and
 * arguments read, its interpreter entered, a reply written, a thread woken) is shared, and the more is to do, the less
 * each costs. Nobody waits for others to come, only for others to be answered. In a cluster, where a script's keys lie on one node, each goes by itself.
 * Thread-safe.
 */
public final class BatchedScript {

    /** So that Redis has the next ones at hand when it has answered some. */
    private static final int MOST_UNANSWERED = 2;

    /** Others wait for so many at most: some 10 us each. */
    private static final int MOST_TOGETHER = 32;

    private static final int MOST_WAITING = 4096;

    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(RedisClients.TICK_MS);

    private static final String BETWEEN = "\0";
    private static final String FAILED = "failed";

    private final RedisScript script;
    private final String[] shared;
    private final BlockingQueue<Call> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
    private final AtomicInteger unanswered = new AtomicInteger();
    private final AtomicInteger rounds = new AtomicInteger();

    /**
     * @param script takes keys and arguments of each caller, all callers' one after the other, then the shared ones;
     *     replies a text with a NUL between what it replies to each, {@code failed} and why for one that failed
     * @param shared what is the same for all callers
     */
    public BatchedScript(RedisScript script, String... shared) {
        this.script = script;
        this.shared = shared.clone();
    }

    private record Call(List<String> keys, List<String> arguments, long start, CompletableFuture<String> reply) {}

    /**
     * Runs the script once for this caller. One that goes out together with others has no longer than the first of
     * them.
     *
     * @throws RedisUnavailableException when Redis is away, answers an error or takes too long
     */
    public String call(RedisConnection redis, List<String> keys, List<String> arguments) {
        Call call = new Call(keys, arguments, System.nanoTime(), new CompletableFuture<>());
        return redis.call(_ -> {
            if (!redis.oneServer()) {
                CompletableFuture<String> _ = send(redis, List.of(call));
            } else if (waiting.offer(call)) {
                sendWaiting(redis);
            } else {
                throw new RedisException("Too many wait for Redis");
            }
            return call.reply();
        });
    }

    /** By one thread at a time: whoever comes meanwhile has it go round once more. */
    private void sendWaiting(RedisConnection redis) {
        if (rounds.getAndIncrement() > 0) {
            return;
        }
        int seen = 1;
        while (seen > 0) {
            try {
                sendWhatMay(redis);
            } finally {
                seen = rounds.addAndGet(-seen);
            }
        }
    }

    private void sendWhatMay(RedisConnection redis) {
        while (unanswered.get() < MOST_UNANSWERED && !waiting.isEmpty()) {
            List<Call> calls = new ArrayList<>(MOST_TOGETHER);
            waiting.drainTo(calls, MOST_TOGETHER);
            calls.removeIf(call -> overdue(redis, call));
            if (!calls.isEmpty()) {
                unanswered.incrementAndGet();
                CompletableFuture<String> _ = send(redis, calls).whenComplete((_, _) -> {
                    unanswered.decrementAndGet();
                    sendWaiting(redis);
                });
            }
        }
    }

    /** Ends a call whose time is over: sent nonetheless, it would count for a caller who has gone on without it. */
    private static boolean overdue(RedisConnection redis, Call call) {
        boolean over = System.nanoTime() - call.start() >= redis.timeout().toNanos();
        if (over) {
            call.reply().completeExceptionally(new TimeoutException());
        }
        return over;
    }

    /** Whatever goes wrong becomes the reply, an error of the JVM included: those who come later must be sent, too. */
    private CompletableFuture<String> send(RedisConnection redis, List<Call> calls) {
        CompletableFuture<String> reply;
        try {
            reply = bounded(redis, calls.getFirst(), run(redis, calls));
        } catch (RuntimeException | Error e) {
            reply = CompletableFuture.failedFuture(e);
        }
        return reply.whenComplete((text, failure) -> {
            try {
                answer(calls, text, failure);
            } catch (RuntimeException | Error e) {
                calls.forEach(call -> call.reply().completeExceptionally(e));
            }
        });
    }

    private CompletableFuture<String> run(RedisConnection redis, List<Call> calls) {
        List<String> keys = new ArrayList<>();
        List<String> arguments = new ArrayList<>();
        for (Call call : calls) {
            keys.addAll(call.keys());
            arguments.addAll(call.arguments());
        }
        arguments.addAll(List.of(shared));
        return script.send(
                redis.timeout(), redis.commands(), keys.toArray(String[]::new), arguments.toArray(String[]::new));
    }

    /** Lettuce gives a command the whole time; calls that have waited before have the rest of theirs. */
    private static CompletableFuture<String> bounded(
            RedisConnection redis, Call oldest, CompletableFuture<String> reply) {
        long waited = System.nanoTime() - oldest.start();
        return waited < TICK_NANOS
                ? reply
                : reply.orTimeout(Math.max(0, redis.timeout().toNanos() - waited), TimeUnit.NANOSECONDS);
    }

    private static void answer(List<Call> calls, @Nullable String text, @Nullable Throwable failure) {
        String[] replies = text == null ? new String[0] : text.split(BETWEEN, -1);
        if (failure != null || replies.length != calls.size()) {
            // Nobody may get what belongs to another.
            Throwable cause =
                    failure == null ? new RedisException("The script did not reply once to each caller") : failure;
            calls.forEach(call -> call.reply().completeExceptionally(cause));
            return;
        }
        for (int i = 0; i < replies.length; i++) {
            answer(calls.get(i), replies[i]);
        }
    }

    private static void answer(Call call, String text) {
        if (text.startsWith(FAILED)) {
            call.reply().completeExceptionally(new RedisException(text));
        } else {
            call.reply().complete(text);
        }
    }
}
