package io.gatehouse.support;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.config.Settings.Postgres;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** The other versions are what they are called. */
class OtherPostgresTest {

    /** Keeps what leads to the servers. */
    static final class Run implements BeforeAllCallback {
        private @Nullable ExtensionContext context;

        @Override
        public void beforeAll(ExtensionContext begun) {
            context = begun;
        }

        OtherPostgres postgres(int version) {
            ExtensionContext begun = context;
            if (begun == null) {
                throw new IllegalStateException("No test has begun");
            }
            return OtherPostgres.of(begun, version);
        }
    }

    @RegisterExtension
    static final Run RUN = new Run();

    @ParameterizedTest(name = "PostgreSQL {0}")
    @FieldSource("io.gatehouse.support.OtherPostgres#VERSIONS")
    void givesNewDatabasesOfItsVersion(int version) {
        Postgres first = RUN.postgres(version).emptyDatabase();
        TestStores.execute(first, "create table things (id bigint)");
        Postgres second = RUN.postgres(version).emptyDatabase();

        assertThat(TestStores.query(first, "show server_version")).startsWith(version + ".");
        assertThat(TestStores.query(second, "select count(*) from pg_tables where tablename = 'things'"))
                .isEqualTo("0");
    }
}
