package io.gatehouse.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.gatehouse.db.Migrations.MigrationException;
import io.gatehouse.support.NodeDatabase;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What keeps users of the Node service from being adopted: all of it is listed, and nothing is changed. */
class AdoptionRefusalTest {

    private static final String FILE = "db/adopt/0001_check_node_users.sql failed";
    private static final String NULLABLE =
            "alter table users alter name drop not null, alter email drop not null, alter password drop not null,"
                    + " alter status drop not null; ";

    @RegisterExtension
    private final NodeDatabase node = new NodeDatabase();

    /** The message of a run that stops. */
    static String refusal(Migrations migrations) {
        return String.valueOf(
                catchThrowableOfType(MigrationException.class, migrations::up).getMessage());
    }

    @Test
    void idsThatAreNoPositiveNumberOf64Bits() {
        List<String> ids = List.of(
                "",
                " 1",
                "+1",
                "-1",
                "0",
                "007",
                "1.0",
                "12345678901234567890",
                "9223372036854775808",
                "abc",
                "\u0967");
        for (String id : ids) {
            NodeDatabase.add(node.settings(), id, "id" + ids.indexOf(id) + "@example.com");
        }
        NodeDatabase.add(node.settings(), "1", "fine@example.com");

        assertThat(stopped())
                .endsWith("id is no positive number of 64 bits: 11 rows, ids '" + String.join("', '", ids) + "'");
    }

    @Test
    void emailsThatAreOneAccountHere() {
        String[][] pairs = {
            {"ada@example.com", "Ada@Example.COM"},
            {"bob@example.com", " bob@example.com\u3000"},
            {"\u00E4da@example.com", "\u00C4DA@example.com"},
            {"jos\u00E9@example.com", "jose\u0301@example.com"}
        };
        for (int i = 0; i < pairs.length; i++) {
            NodeDatabase.add(node.settings(), "1" + i, pairs[i][0]);
            NodeDatabase.add(node.settings(), "2" + i, pairs[i][1]);
        }
        NodeDatabase.add(node.settings(), "30", "other@example.com");

        assertThat(stopped())
                .endsWith("email is that of another account, but for case or blanks: 8 rows, ids"
                        + " '10', '11', '12', '13', '20', '21', '22', '23'");
    }

    @Test
    void rowsThatOurTableCannotHold() {
        node.execute(NULLABLE + """
                insert into users (id, name, email, password, status) values
                ('11', 'Ada', 'a11@example.com', 'x', 3),
                ('12', 'Ada', 'a12@example.com', 'x', -1),
                ('13', 'Ada', 'a13@example.com', 'x', null),
                ('21', null, 'a21@example.com', 'x', 0),
                ('22', '', 'a22@example.com', 'x', 0),
                ('31', 'Ada', 'a31@example.com', null, 0),
                ('32', 'Ada', 'a32@example.com', '', 0),
                ('41', 'Ada', null, 'x', 0),
                ('42', 'Ada', null, 'x', 0),
                ('9223372036854775807', 'Ada', 'a51@example.com', 'x', 0)""");

        assertThat(stopped().lines().skip(1).map(String::strip))
                .containsExactly(
                        "email is none that can sign in: 2 rows, ids '41', '42'",
                        "id lies in the future, so SNOWFLAKE_EPOCH is not that of the Node service: 1 rows, ids"
                                + " '9223372036854775807'",
                        "name is not 1 to 64 characters long: 2 rows, ids '21', '22'",
                        "password is not 1 to 512 characters long: 2 rows, ids '31', '32'",
                        "status is not 0, 1 or 2: 3 rows, ids '11', '12', '13'");
    }

    /** Its owner would have seen no row, adopted none and dropped all. */
    @Test
    void rowsThatAreHidden() {
        NodeDatabase.fill(node.settings(), 30, "a-hash");
        node.execute("alter table users enable row level security, force row level security");

        assertThat(stopped()).contains("row level security is on for users, which hides rows");
    }

    @Test
    void anEpochThatIsNotTheOneOfTheIds() {
        NodeDatabase.fill(node.settings(), 30, "a-hash");
        Instant late = Instant.now().minusSeconds(500);

        assertThat(stopped(new Migrations(node.settings(), late)))
                .contains("id lies in the future, so SNOWFLAKE_EPOCH is not that of the Node service: 30 rows, ids '")
                .endsWith(" …");
        assertThat(stopped(new Migrations(node.settings()))).contains("SNOWFLAKE_EPOCH is not known here");
    }

    @Test
    void aTableThatIsNotThatOfTheNodeService() {
        node.execute("""
                alter table users drop last_login_at;
                alter table users alter created_at type timestamp;
                alter table users alter status type text;
                alter table users drop constraint users_pkey;
                alter table users add extra int;
                drop table mikro_orm_migrations""");

        assertThat(stopped().lines().skip(1).map(String::strip))
                .containsExactly(
                        "column users.created_at is missing or of another type",
                        "column users.extra would be lost: move it to a table of its own and drop it",
                        "column users.last_login_at is missing or of another type",
                        "column users.status is missing or of another type",
                        "there is no table mikro_orm_migrations, by which a rollback knows the Node service: create it",
                        "users.id is not its primary key");
    }

    @Test
    void whatStandsOnTheTableAndWouldBeLostOrInTheWay() {
        node.execute("""
                create table orders (user_id varchar(255) references users);
                create view actives as select name from users;
                create materialized view kept as select * from users;
                create table holders (id int, holder users);
                create table heirs () inherits (users);
                create policy own on users using (true);
                create publication changes for table users;
                create rule quiet as on delete to users do instead nothing;
                create function nothing() returns trigger language plpgsql as 'begin return new; end';
                create trigger watch after insert on users execute function nothing()""");

        assertThat(stopped().lines().skip(1).map(String::strip))
                .allMatch(line -> line.endsWith(
                        " depends on users, which is made anew: detach or drop it, and make it again afterwards"))
                .map(line -> line.replaceFirst(" depends on users, .*", ""))
                .containsExactlyInAnyOrder(
                        "column holder of table holders",
                        "constraint orders_user_id_fkey on table orders",
                        "policy own on table users",
                        "publication of table users in publication changes",
                        "rule _RETURN on materialized view kept",
                        "rule _RETURN on view actives",
                        "rule quiet on table users",
                        "table heirs",
                        "trigger watch on table users");
    }

    @Test
    void aTableNodeUsersBesideIt() {
        node.execute("create table node_users ()");

        assertThat(stopped()).contains("There is a table node_users", "rename it");
    }

    @Test
    void everythingIsListedAtOnceAndCutAndCountedWithoutEmailsAndHashes() {
        NodeDatabase.fill(node.settings(), 50, "$argon2id$v=19$secret");
        node.execute("update users set status = 9; update users set name = '' where email like 'User1%'");
        NodeDatabase.add(node.settings(), "x", "USER1@example.com");

        String message = stopped();

        assertThat(message.lines().skip(1))
                .hasSize(4)
                .anyMatch(line -> line.contains("email is that of another account, but for case or blanks: 2 rows"))
                .anyMatch(line -> line.contains("id is no positive number of 64 bits: 1 rows, ids 'x'"))
                .anyMatch(line -> line.contains("name is not 1 to 64 characters long: 11 rows") && !line.endsWith("…"))
                .anyMatch(line -> line.contains("status is not 0, 1 or 2: 50 rows")
                        && line.endsWith(" …")
                        && line.split("'", -1).length == 41);
        assertThat(message).doesNotContainIgnoringCase("user1@").doesNotContain("argon2id", "Where:");
    }

    private String stopped() {
        return stopped(node.migrations());
    }

    /** The message, once it is seen that nothing was changed. */
    private String stopped(Migrations migrations) {
        List<String> catalog = NodeDatabase.catalog(node.settings());
        List<String> rows = NodeDatabase.rows(node.settings(), "select u::text from users u order by 1");

        String message = refusal(migrations);

        assertThat(message).startsWith(FILE);
        assertThat(NodeDatabase.catalog(node.settings())).isEqualTo(catalog);
        assertThat(NodeDatabase.rows(node.settings(), "select u::text from users u order by 1"))
                .isEqualTo(rows);
        assertThat(node.query("select count(*) from databasechangelog")).isEqualTo("0");
        return message;
    }
}
