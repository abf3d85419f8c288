package io.gatehouse.db;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.config.Settings.Postgres;
import io.gatehouse.support.EmptyDatabases;
import io.gatehouse.support.OtherPostgres;
import io.gatehouse.support.TestStores;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** The schema that we promise for PostgreSQL 13 to 18 is the same on all of them. */
class OlderVersionsTest {

    @RegisterExtension
    private static final EmptyDatabases DATABASES = new EmptyDatabases();

    @RegisterExtension
    private static final Run RUN = new Run();

    /** Keeps what leads to the servers. */
    private static final class Run implements BeforeAllCallback {
        private Optional<ExtensionContext> context = Optional.empty();

        @Override
        public void beforeAll(ExtensionContext begun) {
            context = Optional.of(begun);
        }

        OtherPostgres postgres(int version) {
            return OtherPostgres.of(context.orElseThrow(), version);
        }
    }

    @Test
    void rolesAndChangelogsWorkOnTheOldest() throws Exception {
        rolesAndChangelogsWorkUpDownAndUp(OtherPostgres.VERSIONS.getFirst());
    }

    @Tag("soak")
    @ParameterizedTest(name = "PostgreSQL {0}")
    @FieldSource("io.gatehouse.support.OtherPostgres#VERSIONS")
    void rolesAndChangelogsWorkUpDownAndUp(int version) throws Exception {
        Postgres database = RUN.postgres(version).emptyDatabase();
        assertThat(TestStores.query(database, "show server_version")).startsWith(version + ".");
        for (int i = 0; i < 2; i++) {
            TestStores.execute(database, Files.readString(Path.of("db", "roles.sql")));
        }
        Migrations migrations = new Migrations(database);

        List<String> applied = migrations.up();
        List<String> schema = Catalog.of(database);
        assertThat(schema).isEqualTo(ofTheEmbeddedOne());
        migrations.down(applied.size());
        assertThat(Catalog.of(database)).isEmpty();
        migrations.up();

        assertThat(Catalog.of(database)).isEqualTo(schema);
        assertThat(TestStores.query(database, "select has_table_privilege('gatehouse_app', 'users', 'truncate')"))
                .isEqualTo("f");
    }

    /** Without the constraints that NOT NULL has become in 18. */
    private static List<String> ofTheEmbeddedOne() {
        Postgres database = DATABASES.next();
        new Migrations(database).up();
        return Catalog.of(database).stream()
                .filter(line -> !line.matches("constraint \\S+ \\S+_not_null NOT NULL .*"))
                .toList();
    }
}
