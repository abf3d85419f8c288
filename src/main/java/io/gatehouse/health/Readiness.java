package io.gatehouse.health;

import io.gatehouse.db.Migrations;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a balancer should send requests here: the service has started, no changeset of this build waits, and it is
 * not draining. A store that is away does not count: every replica would be taken out at once. Thread-safe.
 */
public final class Readiness {

    private static final Logger log = LoggerFactory.getLogger(Readiness.class);

    /** How often the schema is looked at again while it is not known to be current. */
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(5);

    private final Supplier<Migrations.State> schema;
    private final Clock clock;
    private volatile boolean started;
    private volatile boolean draining;
    private boolean current;
    private boolean warned;
    private Instant lookedAt = Instant.MIN;
    private List<String> waiting = List.of();

    /**
     * Not ready until {@link #started()}.
     *
     * @param schema asks the database; may throw while it is away
     */
    public Readiness(Supplier<Migrations.State> schema, Clock clock) {
        this.schema = schema;
        this.clock = clock;
    }

    public void started() {
        started = true;
    }

    public void draining() {
        draining = true;
    }

    public boolean isDraining() {
        return draining;
    }

    /** Why the service is not ready; empty when it is. */
    public Optional<String> obstacle() {
        if (draining) {
            return Optional.of("draining");
        }
        if (!started) {
            return Optional.of("starting");
        }
        return schemaObstacle();
    }

    /** Once current, the schema stays so: it is not asked for again. */
    private synchronized Optional<String> schemaObstacle() {
        if (!current && lookedAt.plus(LOOK_AGAIN).isBefore(clock.instant())) {
            look();
        }
        if (current) {
            return Optional.empty();
        }
        return Optional.of(
                waiting.isEmpty() ? "schema not known yet" : "changesets wait: " + String.join(", ", waiting));
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
