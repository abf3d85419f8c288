package io.gatehouse.db;

import io.gatehouse.config.Settings.Postgres;
import io.gatehouse.support.Steps;
import java.util.function.Function;
import org.jooq.DSLContext;

/** The real database, with a pause around each statement and transaction. */
public final class SteppedDatabase extends Database {

    private final Steps steps;

    public SteppedDatabase(Postgres settings, Steps steps) {
        super(settings);
        this.steps = steps;
    }

    @Override
    public <T> T read(Function<DSLContext, T> work) {
        return steps.call(() -> super.read(work));
    }

    @Override
    public <T> T tx(Function<DSLContext, T> work) {
        return steps.call(() -> super.tx(work));
    }
}
