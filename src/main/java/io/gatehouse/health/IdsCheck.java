package io.gatehouse.health;

import io.helidon.health.HealthCheck;
import io.helidon.health.HealthCheckResponse;
import io.helidon.health.HealthCheckType;
import java.util.function.BooleanSupplier;

/** Whether rows can get an id: the sessions that there are need none. */
public record IdsCheck(BooleanSupplier available) implements HealthCheck {

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
        return HealthCheckResponse.builder().status(available.getAsBoolean()).build();
    }
}
