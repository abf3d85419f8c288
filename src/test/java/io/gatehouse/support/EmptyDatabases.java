package io.gatehouse.support;

import io.gatehouse.config.Settings.Postgres;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Databases without any table, as many as a test asks for. To be registered as a static extension. */
public final class EmptyDatabases implements BeforeAllCallback {

    private @Nullable TestStores stores;

    @Override
    public void beforeAll(ExtensionContext context) {
        stores = TestStores.of(context);
    }

    public Postgres next() {
        return stores().emptyDatabase();
    }

    /** The run's stores, for those who need Redis, too. */
    public TestStores stores() {
        TestStores started = stores;
        if (started == null) {
            throw new IllegalStateException("The tests have not begun");
        }
        return started;
    }
}
