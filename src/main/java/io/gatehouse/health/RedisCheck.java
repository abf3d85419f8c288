package io.gatehouse.health;

import io.gatehouse.redis.RedisConnection;
import io.gatehouse.redis.RedisUnavailableException;
import io.helidon.health.HealthCheck;
import io.helidon.health.HealthCheckResponse;
import io.helidon.health.HealthCheckType;

/** Whether Redis takes writes, and has done its work for the requests of the last moments. */
public record RedisCheck(RedisConnection redis) implements HealthCheck {

    @Override
    public String name() {
        return "redis";
    }

    @Override
    public HealthCheckType type() {
        return HealthCheckType.READINESS;
    }

    @Override
    public HealthCheckResponse call() {
        if (redis.breaker().isOpen()) {
            return away(redis.breaker().cause());
        }
        try {
            redis.probe();
            return HealthCheckResponse.builder().status(true).build();
        } catch (RedisUnavailableException e) {
            return away(String.valueOf(e.getMessage()));
        }
    }

    private static HealthCheckResponse away(String cause) {
        return HealthCheckResponse.builder()
                .status(false)
                .detail("cause", cause)
                .build();
    }
}
