package io.gatehouse.support;

import io.gatehouse.config.Settings.Postgres;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A migrated database of its own for each test, without a service. To be registered as an extension. */
public final class TestDatabase implements BeforeEachCallback {

    private @Nullable Postgres settings;

    @Override
    public void beforeEach(ExtensionContext context) {
        settings = TestStores.of(context).newDatabase();
    }

    /** How to reach it. */
    public Postgres settings() {
        Postgres made = settings;
        if (made == null) {
            throw new IllegalStateException("The test has not begun");
        }
        return made;
    }

    /** Runs SQL that answers nothing. */
    public void execute(String sql) {
        TestStores.execute(settings(), sql);
    }

    /** The first column of the first row, as text. */
    public String query(String sql) {
        return TestStores.query(settings(), sql);
    }
}
