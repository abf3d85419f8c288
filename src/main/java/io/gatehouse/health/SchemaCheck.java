package io.gatehouse.health;

import io.gatehouse.db.Migrations;
import io.helidon.health.HealthCheck;
import io.helidon.health.HealthCheckResponse;
import io.helidon.health.HealthCheckType;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the database has every changeset of this build. Once it has, it is not asked again: whoever takes changesets
 * away does so with the service stopped. Thread-safe.
 */
public final class SchemaCheck implements HealthCheck {

    /** Of the entry. */
    static final String NAME = "schema";

    private static final Logger log = LoggerFactory.getLogger(SchemaCheck.class);

    /** How often the schema is looked at again while it is not known to be current. */
    private static final long LOOK_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Supplier<Migrations.State> schema;
    private boolean current;
    private boolean warned;
    private long lookedAt = System.nanoTime() - LOOK_AGAIN_NANOS;
    private List<String> waiting = List.of();

    /** @param schema asks the database; may throw while it is away */
    public SchemaCheck(Supplier<Migrations.State> schema) {
        this.schema = schema;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public HealthCheckType type() {
        return HealthCheckType.READINESS;
    }

    @Override
    public synchronized HealthCheckResponse call() {
        if (!current && System.nanoTime() - lookedAt >= LOOK_AGAIN_NANOS) {
            look();
        }
        HealthCheckResponse.Builder answer = HealthCheckResponse.builder().status(current);
        return current ? answer.build() : answer.detail("cause", obstacle()).build();
    }

    private String obstacle() {
        return waiting.isEmpty() ? "not known yet" : "changesets wait: " + String.join(", ", waiting);
    }

    private void look() {
        lookedAt = System.nanoTime();
        try {
            Migrations.State state = schema.get();
            boolean news = !state.waiting().equals(waiting);
            waiting = state.waiting();
            current = waiting.isEmpty();
            warnOfUnknown(state.unknown());
            if (!current && news) {
                log.atWarn()
                        .addKeyValue("changesets", String.join(", ", waiting))
                        .log("changesets wait, run db up");
            }
        } catch (RuntimeException e) {
            log.atWarn().addKeyValue("cause", e.getMessage()).log("the schema could not be looked at");
        }
    }

    /** A newer build's changesets may be there before it: db up goes ahead of a rolling deploy. */
    private void warnOfUnknown(List<String> unknown) {
        if (!unknown.isEmpty() && !warned) {
            warned = true;
            log.atWarn()
                    .addKeyValue("changesets", String.join(", ", unknown))
                    .log("changesets are applied that this build does not have");
        }
    }
}
