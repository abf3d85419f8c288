package io.gatehouse.redis;

import io.gatehouse.config.Settings.Redis;
import io.gatehouse.support.Steps;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.function.Function;

/** The real connection, with a pause around each command, whose line can be cut in either direction. */
public final class SteppedRedis extends RedisConnection {

    private final Steps steps;
    private volatile Line line = Line.OPEN;

    /** What reaches whom. */
    public enum Line {
        OPEN,
        /** Commands do not arrive. */
        CUT,
        /** Commands arrive, replies do not. */
        DEAF
    }

    public SteppedRedis(Redis settings, Steps steps) {
        // Trials are made when the test says so.
        super(settings, new RedisBreaker(new SimpleMeterRegistry(), Duration.ofDays(1)));
        this.steps = steps;
        connect();
    }

    public void line(Line state) {
        line = state;
    }

    public boolean reachable() {
        return line == Line.OPEN;
    }

    /** What the breaker does every half second while it is open. */
    public void trial() {
        if (breaker().isOpen()) {
            breaker().tryOnce();
        }
    }

    @Override
    protected <T> T send(
            Function<RedisClusterAsyncCommands<String, String>, ? extends Future<T>> command, long deadline) {
        return steps.call(() -> {
            if (line == Line.CUT) {
                throw new RedisUnavailableException("cut", null);
            }
            T reply = super.send(
                    command, System.nanoTime() + Duration.ofMillis(250).toNanos());
            if (line == Line.DEAF) {
                throw new RedisUnavailableException("deaf", null);
            }
            return reply;
        });
    }
}
