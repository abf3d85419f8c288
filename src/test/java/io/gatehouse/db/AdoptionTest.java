package io.gatehouse.db;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.config.Settings.Postgres;
import io.gatehouse.support.NodeDatabase;
import io.gatehouse.support.TestStores;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the changelog makes of a database of the Node service, and of those that are none. */
class AdoptionTest {

    private static final String HISTORY =
            "select m::text || (select last_value from mikro_orm_migrations_id_seq) from mikro_orm_migrations m";

    @RegisterExtension
    private final NodeDatabase node = new NodeDatabase();

    @Test
    void everyRowIsKeptAndTheTableIsAsOneBornHere() {
        NodeDatabase.fill(node.settings(), 300, "a-hash");
        List<String> before = NodeDatabase.users(node.settings());
        List<String> history = NodeDatabase.rows(node.settings(), HISTORY);

        List<String> applied = node.migrations().up();

        assertThat(applied).contains("adopt-0001-check-node-users", "adopt-0003-adopt-node-users");
        assertThat(NodeDatabase.users(node.settings()))
                .hasSize(300)
                .isEqualTo(before.stream()
                        .map(row -> row.replaceAll("User(\\d+)@Example.com", "user$1@example.com"))
                        .toList());
        assertThat(born(node.settings())).isEqualTo(born(node.stores().newDatabase()));
        assertThat(NodeDatabase.rows(node.settings(), HISTORY)).isEqualTo(history);
        assertThat(node.query("select to_regclass('node_users')")).isEqualTo("null");
        assertThat(node.migrations().waiting()).isEmpty();
        assertThat(node.migrations().up()).isEmpty();
    }

    @Test
    void anEmptyTableOfTheNodeServiceIsAdopted() {
        node.migrations().up();

        assertThat(born(node.settings())).isEqualTo(born(node.stores().newDatabase()));
        assertThat(node.query("select count(*) from users")).isEqualTo("0");
    }

    @Test
    void missingTimesAreFilledIn() {
        node.execute("alter table users alter created_at drop not null, alter updated_at drop not null");
        node.execute("insert into users values ('1', null, null, 'Ada', 'a@example.com', 'x'),"
                + " ('2', '2025-03-04 05:06:07.000008+00', null, 'Bob', 'b@example.com', 'x')");

        node.migrations().up();

        assertThat(NodeDatabase.rows(node.settings(), "select created_at = updated_at from users"))
                .containsExactly("t", "t");
        assertThat(node.query("select created_at = '2025-03-04 05:06:07.000008+00' from users where id = 2"))
                .isEqualTo("t");
    }

    @Test
    void aDatabaseThatWasOursBeforeIsNotTouched() {
        Postgres ours = node.stores().newDatabase();
        TestStores.execute(
                ours,
                "create table mikro_orm_migrations (id int); delete from databasechangelog where id like 'adopt%';"
                        + " insert into users (id, name, email, password, roles)"
                        + " values (1, 'Ada', 'ADA@example.com', 'x', '{user,admin}')");
        List<String> catalog = NodeDatabase.catalog(ours);
        List<String> rows = NodeDatabase.rows(ours, "select u::text from users u");
        Migrations migrations = new Migrations(ours, NodeDatabase.EPOCH);

        assertThat(migrations.up()).hasSize(3).allMatch(id -> id.startsWith("adopt-"));

        assertThat(NodeDatabase.catalog(ours)).isEqualTo(catalog);
        assertThat(NodeDatabase.rows(ours, "select u::text from users u")).isEqualTo(rows);
        migrations.down(3);
        assertThat(NodeDatabase.catalog(ours)).as("taken back").isEqualTo(catalog);
        assertThat(NodeDatabase.rows(ours, "select u::text from users u")).isEqualTo(rows);
    }

    @Test
    void anotherTableOfThatNameIsNotTakenForUsersSetAside() {
        Postgres ours = node.stores().emptyDatabase();
        TestStores.execute(ours, "create table node_users (id text)");

        assertThat(AdoptionRefusalTest.refusal(new Migrations(ours, NodeDatabase.EPOCH)))
                .contains("There is a table node_users", "rename it");
        assertThat(TestStores.query(ours, "select count(*) from databasechangelog"))
                .isEqualTo("0");
    }

    /** All but the history of the Node service. */
    private static List<String> born(Postgres database) {
        return NodeDatabase.catalog(database).stream()
                .filter(row -> !row.toLowerCase(Locale.ROOT).contains("mikro_orm_migrations"))
                .toList();
    }
}
