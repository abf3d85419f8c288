package io.gatehouse.db;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.config.Settings.Postgres;
import io.gatehouse.support.EmptyDatabases;
import io.gatehouse.support.TestStores;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A database of the last release, with rows, goes up to this build and back. */
class ReleasedUpgradeTest {

    private static final String RELEASED = "db/released.yaml";

    @RegisterExtension
    private static final EmptyDatabases DATABASES = new EmptyDatabases();

    private final Postgres database = DATABASES.next();
    private final Migrations migrations = new Migrations(database);

    @BeforeEach
    void buildTheReleasedSchemaWithRows() throws Exception {
        Changelog.on(TestStores.connect(database), RELEASED, changelog -> {
            changelog.update();
            return changelog;
        });
        TestStores.execute(database, """
                insert into users (id, name, email, password, status, roles)
                select n, 'User ' || n, 'user' || n || '@example.com', 'hash ' || n, n % 3,
                       case when n = 1 then '{user,admin}'::text[] else '{user}' end
                  from generate_series(1, 100) n;
                insert into sessions (id, token_hash, user_id, created_at, last_seen_at, expires_at, address, user_agent,
                                      ended_at, end_reason)
                select n, sha256(n::text::bytea), 1 + n % 100, now(), now(), now() + interval '1 day', '192.0.2.1', 'test',
                       case when n % 2 = 0 then now() end, case when n % 2 = 0 then 'logout' end
                  from generate_series(1, 300) n;
                insert into invalidations (user_id, token_hash) select user_id, token_hash from sessions where id < 10""");
    }

    @Test
    void rowsStayAndTheSchemaIsThatOfAFreshDatabase() {
        String rows = releasedColumns();
        List<String> before = TestStores.rows(database, rows);
        assertThat(before).hasSizeGreaterThan(400);

        migrations.up();

        assertThat(TestStores.rows(database, rows)).isEqualTo(before);
        assertThat(migrations.waiting()).isEmpty();
        Postgres fresh = DATABASES.next();
        new Migrations(fresh).up();
        assertThat(Catalog.of(database)).isEqualTo(Catalog.of(fresh));
    }

    @Test
    void theWayBackLeadsToTheRelease() {
        List<String> rows = TestStores.rows(database, releasedColumns());
        List<String> released = Catalog.of(database);

        int applied = migrations.up().size();
        if (applied > 0) {
            migrations.down(applied);
        }

        assertThat(Catalog.of(database)).isEqualTo(released);
        assertThat(TestStores.rows(database, releasedColumns())).isEqualTo(rows);
        assertThat(migrations.waiting()).hasSize(applied);
    }

    /** One line a row, of the columns that there are now, so that later ones do not count. */
    private String releasedColumns() {
        List<String> selects = TestStores.rows(database, """
                select 'select ''' || table_name || ' '' || concat_ws(''|'', '
                       || string_agg(quote_ident(column_name), ', ' order by column_name) || ')::text from ' || table_name
                  from information_schema.columns
                 where table_schema = 'public' and table_name not like 'databasechangelog%'
                 group by table_name
                 order by table_name""");
        return String.join("\nunion all\n", selects) + "\norder by 1";
    }
}
