package io.gatehouse.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.config.Settings.Postgres;
import io.gatehouse.support.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What db/roles.sql lets the service's role do, with which all other tests run, and what it does not. */
class RolesTest {

    @RegisterExtension
    private final TestDatabase database = new TestDatabase();

    @Test
    void theServicesRoleReadsAndWritesRowsAndReadsTheHistory() {
        for (String sql : List.of(
                "insert into users (id, name, email, password) values (1, 'Ada', 'ada@example.com', 'x')",
                "insert into invalidations (user_id, token_hash) values (1, sha256('a'))",
                "update users set name = 'Grace' where id = 1",
                "delete from users where id = 1",
                "select count(*) from databasechangelog",
                "select count(*) from databasechangeloglock")) {
            assertThatCode(() -> asService(sql)).as(sql).doesNotThrowAnyException();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "create table mine (id int)",
                "alter table users add column mine int",
                "drop table sessions",
                "truncate sessions",
                "create index mine on users (name)",
                "comment on table users is 'mine'",
                "create role mine",
                "update databasechangelog set md5sum = null",
                "delete from databasechangelog",
                "insert into databasechangeloglock (id, locked) values (2, true)"
            })
    void theServicesRoleChangesNoTableAndNoHistory(String sql) {
        assertThatThrownBy(() -> asService(sql))
                .isInstanceOf(SQLException.class)
                .extracting(failure -> ((SQLException) failure).getSQLState())
                .as("insufficient_privilege")
                .isEqualTo("42501");
    }

    @Test
    void whatTheOwnerMakesLaterIsTheServicesToUse() throws SQLException {
        database.execute("create table later (id bigint generated always as identity, note text)");
        database.execute("create sequence later_numbers");

        asService("insert into later (note) values ('x')");
        asService("select nextval('later_numbers')");

        assertThat(database.query("select count(*) from later")).isEqualTo("1");
    }

    private void asService(String sql) throws SQLException {
        Postgres settings = database.settings();
        try (Connection connection = DriverManager.getConnection(
                        JdbcUrl.of(settings),
                        settings.login().user(),
                        settings.login().password().value());
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
