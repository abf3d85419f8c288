package io.gatehouse.support;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.sync.RedisCommands;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/** Commands of a test, over a connection of their own. Stateless. */
final class RedisCalls {

    private static final long CLOSING_SECONDS = 5;

    private RedisCalls() {}

    static <T> T on(RedisURI uri, Function<RedisCommands<String, String>, T> work) {
        RedisClient client = RedisClient.create(uri);
        try (var connection = client.connect()) {
            return work.apply(connection.sync());
        } finally {
            close(client);
        }
    }

    /** The client's own close() has been seen to wait without end, which hung a whole run of the tests. */
    private static void close(RedisClient client) {
        try {
            client.shutdownAsync(0, 1, TimeUnit.SECONDS).get(CLOSING_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            System.err.println("A Redis client of the tests did not close in time: " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
