package io.gatehouse.redis;

import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/**
 * A Lua script, called by its hash: one round trip. A server that does not know it (restarted, failed over) is sent
 * the text once. No command newer than Redis 6.0. Immutable and thread-safe.
 */
public final class RedisScript {

    private final String source;
    private final String sha1;

    private RedisScript(String source) {
        this.source = source;
        this.sha1 = sha1(source);
    }

    /** Joins pieces into one script: functions first, then what uses them. */
    public static RedisScript of(Piece... pieces) {
        return new RedisScript(Arrays.stream(pieces).map(Piece::text).collect(Collectors.joining("\n")));
    }

    /** A part of a script: a file that lies beside a class. */
    public record Piece(String text) {

        public static Piece beside(Class<?> owner, String name) {
            try (InputStream in = owner.getResourceAsStream(name)) {
                if (in == null) {
                    throw new IllegalArgumentException("No script " + name + " beside " + owner.getName());
                }
                return new Piece(new String(in.readAllBytes(), StandardCharsets.UTF_8));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /**
     * Runs the script once.
     *
     * @param keys all of one slot
     * @return its reply, a text
     * @throws RedisUnavailableException when Redis is away, answers an error or takes too long
     */
    public String call(RedisConnection redis, String[] keys, String... arguments) {
        return redis.call(commands -> send(redis.timeout(), commands, keys, arguments));
    }

    /** @param limit of both commands together, where the text has to be sent */
    CompletableFuture<String> send(
            Duration limit, RedisClusterAsyncCommands<String, String> commands, String[] keys, String... arguments) {
        long end = System.nanoTime() + limit.toNanos();
        return commands.<String>evalsha(sha1, ScriptOutputType.VALUE, keys, arguments)
                .exceptionallyCompose(e -> e instanceof RedisNoScriptException
                        ? sendText(end - System.nanoTime(), commands, keys, arguments)
                        : CompletableFuture.failedStage(e))
                .toCompletableFuture();
    }

    private CompletionStage<String> sendText(
            long nanosLeft, RedisClusterAsyncCommands<String, String> commands, String[] keys, String... arguments) {
        if (nanosLeft <= 0) {
            return CompletableFuture.failedStage(new TimeoutException());
        }
        return commands.<String>eval(source, ScriptOutputType.VALUE, keys, arguments)
                .toCompletableFuture()
                .orTimeout(nanosLeft, TimeUnit.NANOSECONDS);
    }

    private static String sha1(String source) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1").digest(source.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-1", e);
        }
    }
}
