package io.gatehouse.health;

import io.helidon.health.HealthCheck;
import io.helidon.health.HealthCheckResponse;
import io.helidon.health.HealthCheckType;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Whether rows can get an id: the sessions that there are need none.
 *
 * @param obstacle why none can be had now; empty if they can
 */
public record IdsCheck(Supplier<Optional<String>> obstacle) implements HealthCheck {

    @Override
    public String name() {
        return "ids";
    }

    @Override
    public HealthCheckType type() {
        return HealthCheckType.READINESS;
    }

    @Override
    public HealthCheckResponse call() {
        Optional<String> cause = obstacle.get();
        HealthCheckResponse.Builder answer = HealthCheckResponse.builder().status(cause.isEmpty());
        cause.ifPresent(text -> answer.detail("cause", text));
        return answer.build();
    }
}
