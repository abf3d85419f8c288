package io.gatehouse.redis;

import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

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

    /** Reads a script that lies beside a class. */
    public static RedisScript beside(Class<?> owner, String name) {
        try (InputStream in = owner.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalArgumentException("No script " + name + " beside " + owner.getName());
            }
            return new RedisScript(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Runs the script.
     *
     * @return its reply as a list; empty for nil
     * @throws RedisUnavailableException when Redis is away, answers an error or takes too long
     */
    public List<String> call(RedisConnection redis, List<String> keys, String... arguments) {
        String[] keyArray = keys.toArray(String[]::new);
        try {
            return redis.call(commands -> commands.evalsha(sha1, ScriptOutputType.MULTI, keyArray, arguments));
        } catch (RedisUnavailableException e) {
            if (!(e.getCause() instanceof RedisNoScriptException)) {
                throw e;
            }
            return redis.call(commands -> commands.eval(source, ScriptOutputType.MULTI, keyArray, arguments));
        }
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
