package io.gatehouse.user;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.config.Settings.Postgres;
import io.gatehouse.db.Migrations;
import io.gatehouse.support.NodeDatabase;
import io.gatehouse.support.NodeUsers;
import io.gatehouse.support.TestClient;
import io.gatehouse.support.TestService;
import io.gatehouse.support.TestStores;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The service on the database of a Node service that was adopted. */
class AdoptedSignInTest {

    private static final int USERS = 300;
    private static final int SAMPLED = 5;
    private static final List<String> BEFORE = new ArrayList<>();

    @RegisterExtension
    private static final TestService SERVICE = new TestService()
            .with("SNOWFLAKE_EPOCH", NodeDatabase.EPOCH.toString())
            .on(AdoptedSignInTest::adopted);

    private static Postgres adopted(TestStores stores) {
        Postgres database = NodeUsers.make(stores, USERS, SAMPLED);
        BEFORE.addAll(NodeDatabase.users(database));
        new Migrations(database, NodeDatabase.EPOCH).up();
        return database;
    }

    @Test
    void oldPasswordsSignInAndIdsAreAsBefore() {
        NodeUsers.signIn(SERVICE, BEFORE, SAMPLED);
    }

    @Test
    void everybodyWhoCouldSignInCan() {
        TestClient client = SERVICE.client();
        for (int number = 1; number < USERS; number += 10) {
            assertThat(client.login("user" + number + "@example.com", "node-password")
                            .status())
                    .as("user " + number)
                    .isEqualTo(200);
        }
        assertThat(client.login("user48@example.com", "node-password").status())
                .as("banned")
                .isEqualTo(403);
        assertThat(client.login("user7@example.com", "node-password").status())
                .as("unverified")
                .isEqualTo(403);
    }

    @Test
    void newIdsAreLargerThanTheOldOnes() {
        String id =
                SERVICE.client().register("new@example.com").data().path("id").stringValue();

        assertThat(SERVICE.query("select max(id) from users")).isEqualTo(id);
        assertThat(SERVICE.client().register("USER1@example.com").status()).isEqualTo(409);
    }
}
