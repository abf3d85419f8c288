package io.gatehouse.db;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.support.NodeDatabase;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The way back to the Node service. */
class AdoptionRollbackTest {

    @RegisterExtension
    private final NodeDatabase node = new NodeDatabase();

    @BeforeEach
    void fill() {
        NodeDatabase.fill(node.settings(), 100, "a-hash");
    }

    @Test
    void everythingTakenBackIsTheNodeTableWithAllUsersAndCanGoForwardAgain() {
        List<String> catalog = NodeDatabase.catalog(node.settings());
        node.execute("update users set email = lower(email)"); // e-mails stay in their normal form
        List<String> users = NodeDatabase.users(node.settings());
        int count = node.migrations().up().size();
        List<String> adopted = NodeDatabase.catalog(node.settings());

        node.migrations().down(count);

        assertThat(NodeDatabase.catalog(node.settings())).isEqualTo(catalog);
        assertThat(NodeDatabase.users(node.settings())).isEqualTo(users);
        node.migrations().up();
        assertThat(NodeDatabase.catalog(node.settings())).isEqualTo(adopted);
        assertThat(NodeDatabase.users(node.settings())).isEqualTo(users);
    }

    @Test
    void usersWhoRegisteredSinceGoBackToo() {
        int count = node.migrations().up().size();
        node.execute(
                "insert into users (id, name, email, password, status, last_login_at, roles)"
                        + " values (9007199254740993, 'Bob', 'bob@example.com', 'x', 1, '2026-01-02 03:04:05.678901+00', '{user,admin}')");

        node.migrations().down(count);

        assertThat(node.query("select id || name || email || password || status || (last_login_at ="
                        + " '2026-01-02 03:04:05.678901+00') from users where name = 'Bob'"))
                .isEqualTo("9007199254740993Bobbob@example.comx1true");
        assertThat(node.query("select count(*) from users")).isEqualTo("101");
    }

    @Test
    void onlyTheCopyingCanBeTakenBackAndDoneAgain() {
        int count = node.migrations().up().size();
        List<String> adopted = NodeDatabase.catalog(node.settings());
        List<String> users = NodeDatabase.users(node.settings());
        List<String> known = node.migrations().state().applied();

        node.migrations().down(count - known.indexOf("adopt-0003-adopt-node-users"));

        assertThat(node.query("select count(*) from node_users")).isEqualTo("100");
        assertThat(node.query("select count(*) from users")).isEqualTo("0");
        node.migrations().up();
        assertThat(NodeDatabase.catalog(node.settings())).isEqualTo(adopted);
        assertThat(NodeDatabase.users(node.settings())).isEqualTo(users);
    }
}
