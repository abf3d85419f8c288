package io.gatehouse.redis;

import io.lettuce.core.RedisException;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A script that serves many callers at once. A call goes out by itself while Redis has little to do; those that come
 * while it has not answered the ones before go out together, so that what a script costs beside its work (its name and
 * arguments read, its interpreter entered, a reply written, a thread woken) is shared, and the more is to do, the less
 * each costs. Nobody waits for others to come. In a cluster, where a script's keys lie on one node, each goes by itself.
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
     * Runs the script once for this caller.
     *
     * @throws RedisUnavailableException when Redis is away, answers an error or takes too long
     */
    public String call(RedisConnection redis, List<String> keys, List<String> arguments) {
        Call call = new Call(keys, arguments, System.nanoTime(), new CompletableFuture<>());
        return redis.call(commands -> {
            if (!redis.oneServer()) {
                CompletableFuture<String> _ = send(redis, commands, List.of(call));
            } else if (waiting.offer(call)) {
                sendWaiting(redis, commands);
            } else {
                throw new RedisException("Too many wait for Redis");
            }
            return call.reply();
        });
    }

    /** By one thread at a time: whoever comes meanwhile has it go round once more. */
    private void sendWaiting(RedisConnection redis, RedisClusterAsyncCommands<String, String> commands) {
        if (rounds.getAndIncrement() > 0) {
            return;
        }
        int seen = 1;
        while (seen > 0) {
            sendWhatMay(redis, commands);
            seen = rounds.addAndGet(-seen);
        }
    }

    private void sendWhatMay(RedisConnection redis, RedisClusterAsyncCommands<String, String> commands) {
        while (unanswered.get() < MOST_UNANSWERED && !waiting.isEmpty()) {
            List<Call> calls = new ArrayList<>(MOST_TOGETHER);
            waiting.drainTo(calls, MOST_TOGETHER);
            unanswered.incrementAndGet();
            CompletableFuture<String> _ = send(redis, commands, calls).whenComplete((_, _) -> {
                unanswered.decrementAndGet();
                sendWaiting(redis, commands);
            });
        }
    }

    private CompletableFuture<String> send(
            RedisConnection redis, RedisClusterAsyncCommands<String, String> commands, List<Call> calls) {
        CompletableFuture<String> reply = bounded(redis, calls.getFirst(), run(commands, calls));
        return reply.whenComplete((text, failure) -> answer(calls, text, failure));
    }

    private CompletableFuture<String> run(RedisClusterAsyncCommands<String, String> commands, List<Call> calls) {
        List<String> keys = new ArrayList<>();
        List<String> arguments = new ArrayList<>();
        for (Call call : calls) {
            keys.addAll(call.keys());
            arguments.addAll(call.arguments());
        }
        arguments.addAll(List.of(shared));
        try {
            return script.send(commands, keys.toArray(String[]::new), arguments.toArray(String[]::new));
        } catch (RuntimeException e) {
            // Whatever it is, it must not keep those who come later from being sent.
            return CompletableFuture.failedFuture(e);
        }
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
        if (text == null) {
            Throwable cause = failure == null ? new RedisException("The script replied nothing") : failure;
            calls.forEach(call -> call.reply().completeExceptionally(cause));
            return;
        }
        String[] replies = text.split(BETWEEN, -1);
        for (int i = 0; i < calls.size(); i++) {
            // Nobody may get what belongs to another.
            answer(calls.get(i), replies.length == calls.size() ? replies[i] : FAILED + " to reply to each");
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
