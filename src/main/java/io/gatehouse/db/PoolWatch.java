package io.gatehouse.db;

import com.zaxxer.hikari.metrics.IMetricsTracker;
import com.zaxxer.hikari.metrics.MetricsTrackerFactory;
import com.zaxxer.hikari.metrics.PoolStats;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The way to the figures of a pool that Helidon's DbClient makes and hides. Its configuration knows only texts, so it is
 * given the name of this class; HikariCP makes one while it makes the pool, on the thread that waits for it.
 */
public final class PoolWatch implements MetricsTrackerFactory {

    /** The setting of HikariCP that takes the name of this class. */
    static final String SETTING = "metricsTrackerFactory";

    private static final ScopedValue<AtomicReference<PoolStats>> BEING_MADE = ScopedValue.newInstance();

    /** What was made, and its pool's figures, which are up to a second old. */
    record Watched<T>(T made, PoolStats figures) {}

    /**
     * Makes something with a pool whose configuration names this class.
     *
     * @throws IllegalStateException where no pool was made
     */
    static <T> Watched<T> watch(Supplier<T> making) {
        AtomicReference<PoolStats> found = new AtomicReference<>();
        T made = ScopedValue.where(BEING_MADE, found).call(making::get);
        @Nullable PoolStats figures = found.get();
        if (figures == null) {
            throw new IllegalStateException("No pool has told its figures");
        }
        return new Watched<>(made, figures);
    }

    @Override
    public IMetricsTracker create(String pool, PoolStats figures) {
        BEING_MADE.get().set(figures);
        // The other figures are those of Database, whose callers wait before they ask the pool.
        return new IMetricsTracker() {};
    }
}
