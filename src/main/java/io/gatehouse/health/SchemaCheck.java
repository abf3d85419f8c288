package io.gatehouse.health;

import io.gatehouse.db.Migrations;
import io.helidon.health.HealthCheck;
import io.helidon.health.HealthCheckResponse;
import io.helidon.health.HealthCheckType;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
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
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(5);

    private final Supplier<Migrations.State> schema;
    private final Clock clock;
    private boolean current;
    private boolean warned;
    private Instant lookedAt = Instant.MIN;
    private List<String> waiting = List.of();

    /** @param schema asks the database; may throw while it is away */
    public SchemaCheck(Supplier<Migrations.State> schema, Clock clock) {
        this.schema = schema;
        this.clock = clock;
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
        if (!current && lookedAt.plus(LOOK_AGAIN).isBefore(clock.instant())) {
            look();
        }
        HealthCheckResponse.Builder answer = HealthCheckResponse.builder().status(current);
        return current ? answer.build() : answer.detail("cause", obstacle()).build();
    }

    private String obstacle() {
        return waiting.isEmpty() ? "not known yet" : "changesets wait: " + String.join(", ", waiting);
    }

    private void look() {
        lookedAt = clock.instant();
        try {
            Migrations.State state = schema.get();
            waiting = state.waiting();
            current = waiting.isEmpty();
            warnOfUnknown(state.unknown());
            if (!current) {
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
