package io.gatehouse.db;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.config.Settings.Postgres;
import io.gatehouse.support.EmptyDatabases;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Every rollback leads exactly to where its changeset began, and the way up can be gone again. */
class UpDownUpTest {

    @RegisterExtension
    private static final EmptyDatabases DATABASES = new EmptyDatabases();

    private final Postgres database = DATABASES.next();
    private final Migrations migrations = new Migrations(database);

    @Test
    void allAtOnce() {
        List<String> applied = migrations.up();
        List<String> first = Catalog.of(database);
        assertThat(first).anyMatch(line -> line.startsWith("column users 1 id bigint not null"));
        assertThat(migrations.up()).isEmpty();

        migrations.down(applied.size());
        assertThat(Catalog.of(database)).isEmpty();
        assertThat(migrations.waiting()).isEqualTo(applied);

        assertThat(migrations.up()).isEqualTo(applied);
        assertThat(Catalog.of(database)).isEqualTo(first);
    }

    @Test
    void oneByOne() {
        for (String id : migrations.waiting()) {
            List<String> before = Catalog.of(database);
            migrations.up(1);
            List<String> after = Catalog.of(database);

            migrations.down(1);
            assertThat(Catalog.of(database)).as("down from " + id).isEqualTo(before);

            migrations.up(1);
            assertThat(Catalog.of(database)).as("up to " + id + " again").isEqualTo(after);
        }
        assertThat(migrations.waiting()).isEmpty();
    }
}
