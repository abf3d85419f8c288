package io.gatehouse.db;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.config.Secret;
import io.gatehouse.config.Settings.Login;
import io.gatehouse.config.Settings.Postgres;
import io.gatehouse.support.Await;
import io.gatehouse.support.NodeDatabase;
import io.gatehouse.support.TestStores;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Adoption beside sessions of others, killed in the middle, and by roles that may not. */
class AdoptionSessionsTest {

    private static final String STATE = "select string_agg(id, ' ' order by orderexecuted) from databasechangelog";

    @RegisterExtension
    private final NodeDatabase node = new NodeDatabase();

    @Test
    void aTableInUseIsSaidAndTheNextRunChecksAnewAndWorks() throws Exception {
        NodeDatabase.fill(node.settings(), 20, "a-hash");
        List<String> catalog = NodeDatabase.catalog(node.settings());
        try (Connection other = TestStores.connect(node.settings());
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("select from users");

            assertThat(AdoptionRefusalTest.refusal(node.migrations()))
                    .startsWith("db/adopt/0002_set_aside_node_users.sql failed")
                    .contains("another session held a table for longer than a change waits", "pg_stat_activity");
        }
        assertThat(NodeDatabase.catalog(node.settings())).isEqualTo(catalog);
        assertThat(node.query(STATE)).isEqualTo("adopt-0001-check-node-users");

        NodeDatabase.add(node.settings(), "1", "User1@example.COM");
        assertThat(AdoptionRefusalTest.refusal(node.migrations()))
                .as("what has come since")
                .contains("email is that of another account");

        node.execute("delete from users where id = '1'");
        assertThat(node.migrations().up()).startsWith("adopt-0001-check-node-users", "adopt-0002-set-aside-node-users");
        assertThat(node.query("select count(*) from users")).isEqualTo("20");
    }

    @Test
    void rowsWrittenBetweenTheCheckAndTheCopyAreSaidWithoutShowingThem() {
        NodeDatabase.fill(node.settings(), 20, "a-hash");
        List<String> catalog = NodeDatabase.catalog(node.settings());
        node.migrations().up(3);
        node.execute(
                "insert into node_users (id, name, email, password) values ('1', 'Eve', 'USER1@example.com', 'eves')");

        assertThat(AdoptionRefusalTest.refusal(node.migrations()))
                .startsWith("db/adopt/0003_adopt_node_users.sql failed")
                .contains("go back by two changesets", "users_email_key")
                .doesNotContainIgnoringCase("user1@")
                .doesNotContain("eves");

        assertThat(node.query("select count(*) from node_users")).isEqualTo("21");
        node.migrations().down(2);
        assertThat(NodeDatabase.catalog(node.settings())).isEqualTo(catalog);
        node.execute("delete from users where id = '1'");
        node.migrations().up();
        assertThat(node.query("select count(*) from users")).isEqualTo("20");
    }

    @Test
    void aRunKilledWhileItCopiesIsTakenUpByTheNext() throws Exception {
        NodeDatabase.fill(node.settings(), 20, "a-hash");
        List<String> before = NodeDatabase.users(node.settings());
        node.migrations().up(3);
        // After ten rows it stands until the other session lets it go on.
        node.execute("create function stand() returns trigger language plpgsql as"
                + " 'begin perform pg_advisory_xact_lock(42); return new; end';"
                + " create trigger stand before insert on users for each row when (new.name = 'User 10')"
                + " execute function stand()");
        try (Connection other = TestStores.connect(node.settings());
                Statement statement = other.createStatement()) {
            statement.execute("select pg_advisory_lock(42)");
            CompletableFuture<List<String>> run =
                    CompletableFuture.supplyAsync(() -> node.migrations().up());
            String waiting = "from pg_stat_activity where datname = current_database() and wait_event = 'advisory'";
            assertThat(Await.until(
                            Duration.ofSeconds(10),
                            () -> !node.query("select count(*) " + waiting).equals("0")))
                    .isTrue();

            node.query("select pg_terminate_backend(pid) " + waiting);

            assertThat(run.handle((done, failure) -> failure).get())
                    .isInstanceOf(CompletionException.class)
                    .hasMessageContaining("terminating connection due to administrator command");
        }
        assertThat(node.query("select count(*) from node_users")).isEqualTo("20");
        assertThat(node.query("select count(*) from users")).isEqualTo("0");

        node.execute("drop trigger stand on users; drop function stand");
        node.migrations().up();
        assertThat(NodeDatabase.users(node.settings()))
                .isEqualTo(before.stream()
                        .map(row -> row.replace("User", "user")
                                .replace("user ", "User ")
                                .replace("E", "e"))
                        .toList());
    }

    @Test
    void aRoleThatDoesNotOwnTheTableAndOneThatLooksElsewhere() {
        String name = "node_" + node.settings().database();
        superuser("create role " + name + " login password 'p'; grant create, usage on schema public to " + name);
        try {
            Postgres theirs = as(name);
            assertThat(AdoptionRefusalTest.refusal(new Migrations(theirs, NodeDatabase.EPOCH)))
                    .contains("users belongs to role " + node.settings().ddl().user() + ", of which " + name
                            + " is no member: apply as POSTGRE_DDL_USER=");

            superuser("drop owned by " + name + "; drop table if exists databasechangelog, databasechangeloglock;"
                    + " create schema " + name + " authorization " + name + "; alter table users owner to " + name);
            assertThat(AdoptionRefusalTest.refusal(new Migrations(theirs, NodeDatabase.EPOCH)))
                    .contains("users is in schema public, and new tables are made in " + name);
        } finally {
            superuser("reassign owned by " + name + " to current_user; drop owned by " + name + "; drop role " + name);
        }
    }

    private void superuser(String sql) {
        TestStores.execute(node.stores().asSuperuser(node.settings().database()), sql);
    }

    private Postgres as(String role) {
        Postgres there = node.settings();
        return Postgres.of(
                there.addresses().getFirst(),
                there.database(),
                new Login(role, new Secret("p")),
                1,
                Duration.ofSeconds(2));
    }
}
