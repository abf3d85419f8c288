package io.gatehouse.db.lint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.support.TestDatabase;
import io.gatehouse.support.TestStores;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The schema that the changelogs make keeps the rules; broken in one place, the finding names it and the mend. */
class SchemaLintTest {

    @RegisterExtension
    private final TestDatabase database = new TestDatabase();

    @Test
    void migratedSchemaKeepsTheRules() throws SQLException {
        try (Connection connection = TestStores.connect(database.settings())) {
            assertThat(SchemaLint.findings(connection)).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', maxCharsPerColumn = 2000, textBlock = """
        comment on table users is null                                 | users: has no comment; add COMMENT ON TABLE
        comment on column users.name is null                           | users.name: has no comment; add COMMENT ON COLUMN
        alter table users add column title text                        | users.title: has no comment
        create table things (id bigint)                                | things: has no primary key; add constraint things_pkey
        alter table users alter column name type varchar(64)           | users.name: is character varying(64); write text and a CHECK
        alter table users alter column created_at type timestamp       | users.created_at: is a time without a zone; write timestamptz
        alter table id_workers add column id integer                   | id_workers.id: is integer; write bigint
        alter table id_workers add column user_id integer              | id_workers.user_id: is integer; write bigint
        alter table users add constraint users_a_check check (true) not valid | users.users_a_check: is NOT VALID; VALIDATE it in a changeset
        drop index sessions_user_id_idx                                | sessions.sessions_user_id_fkey: has no index; build one
        create index users_mail_idx on users (email)                   | users.users_mail_idx: does what users_email_key does; drop it
        create index sessions_x_idx on sessions (expires_at)           | sessions.sessions_x_idx: does what sessions_expires_at_idx does; drop it
        alter table users rename constraint users_pkey to accounts_pkey | users.accounts_pkey: has another name than users_pkey; name it so
        alter table users rename constraint users_email_key to email_key | users.email_key: has another name than users_<columns>_key; name it so
        alter table users rename constraint users_id_check to users_id | users.users_id: has another name than users_<columns>_check; name it so
        alter table sessions rename constraint sessions_user_id_fkey to user_fkey | sessions.user_fkey: has another name than sessions_<columns>_fkey; name it so
        alter index sessions_live_idx rename to live_idx               | sessions.live_idx: has another name than sessions_<columns>_idx; name it so
        """)
    void broken(String sql, String finding) throws SQLException {
        try (Connection connection = TestStores.connect(database.settings());
                Statement statement = connection.createStatement()) {
            statement.execute(sql);

            assertThat(SchemaLint.findings(connection))
                    .anySatisfy(line -> assertThat(line).startsWith(finding));
        }
    }

    @Test
    void theFileIsNamedFromWhichItComes() throws SQLException {
        database.execute("comment on column users.name is null");
        try (Connection connection = TestStores.connect(database.settings())) {
            assertThat(SchemaLint.findings(connection))
                    .containsExactly("users.name: has no comment; add COMMENT ON COLUMN, it becomes Javadoc in jooq-gen"
                            + " (db/changes/0001_create_users.sql)");
        }
    }

    @Test
    void anIndexThatAFailedBuildLeftBehind() throws SQLException {
        database.execute("insert into users (id, name, email, password)"
                + " values (1, 'Ada', 'a@example.com', 'x'), (2, 'Ada', 'b@example.com', 'x')");
        try (Connection connection = TestStores.connect(database.settings());
                Statement statement = connection.createStatement()) {
            assertThatThrownBy(
                            () -> statement.execute("create unique index concurrently users_name_idx on users (name)"))
                    .hasMessageContaining("could not create unique index");

            assertThat(SchemaLint.findings(connection))
                    .anySatisfy(
                            line -> assertThat(line).startsWith("users.users_name_idx: is invalid; drop and build it"));
        }
    }
}
