package io.gatehouse.health;

import io.gatehouse.crypto.HashLoad;
import io.helidon.health.HealthCheck;
import io.helidon.health.HealthCheckResponse;
import io.helidon.health.HealthCheckType;
import java.util.function.Supplier;

/**
 * Whether password hashes keep up with those who sign in.
 *
 * @param load asks for the figures of this moment
 */
public record HashQueueCheck(Supplier<HashLoad> load) implements HealthCheck {

    @Override
    public String name() {
        return "hashQueue";
    }

    @Override
    public HealthCheckType type() {
        return HealthCheckType.READINESS;
    }

    @Override
    public HealthCheckResponse call() {
        HashLoad now = load.get();
        return HealthCheckResponse.builder()
                .status(now.queued() <= now.places() / 2)
                .detail("queued", now.queued())
                .detail("places", now.places())
                .detail("running", now.running())
                .detail("permits", now.permits())
                .build();
    }
}
