package io.gatehouse.db.lint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Breaks one thing in a copy of {@code db/}; the finding names the file and the mend. */
class ChangelogLintTest {

    private static final String ROLES = "changes/0003_add_users_roles.sql";
    private static final String INDEX = "changes/0006_create_sessions_ended_at_idx.sql";

    @TempDir
    private Path parent;

    private CopiedDb db;

    @BeforeEach
    void copy() throws IOException {
        db = new CopiedDb(parent);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', maxCharsPerColumn = 2000, textBlock = """
        --rollback                | --was                      | has no rollback; add --rollback lines that take it back
        --rollback alter          | --rollback (what takes it back) alter | its rollback has no SQL in "(what takes it back) alter
        --rollback alter          | -- rollback alter          | Liquibase takes "-- rollback alter table users drop column roles;" for SQL of the rollback; reword the line
        --comment: What           | -- What                    | has no comment that says what it does and how heavy it is; write it after --comment:
        --comment: What an account may do. | --comment: What this does, and how heavy it is: which lock? | has no comment that says
        --liquibase formatted sql | -- SQL                     | does not start with --liquibase formatted sql; make that its first line
        0003-add-users-roles      | 0003-add-roles             | its id is not its name; write --changeset gatehouse:0003-add-users-roles
        0003-add-users-roles      | 0003-add-users-roles runOnChange:true | has the attribute runOnChange:true; only
        --comment:                | --validCheckSum: ANY\\n--comment: | validCheckSum lets edits pass; write a new changeset
        What an account           | What ${table} account      | contains ${, which Liquibase takes for a parameter; write it in other words
        \\nset local lock_timeout  | \\nset lock_timeout          | touches a table that is in use without a lock timeout; add set local lock_timeout = '2s';
        --rollback set local lock_timeout = '2s'; | -- | its rollback touches a table that is in use without a lock timeout; add --rollback set local
        not valid;                | ;                          | a constraint reads a table that is in use under a lock; add it by name and NOT VALID
        roles text[]              | roles varchar(10)[]        | limits a text by its type; write text and a CHECK with char_length
        roles text[] not null default '{user}' | roles timestamp | stores times without a zone; write timestamptz
        roles text[] not null default '{user}' | other_id integer | has an id that is neither bigint nor smallint; write bigint
        roles text[] not null default '{user}' | roles text unique | a constraint reads a table that is in use under a lock
        default '{user}'          | default random()           | gives a new column a value that differs from row to row, which rewrites the table; add it without
        """)
    void edit(String before, String after, String finding) throws Exception {
        db.edit(ROLES, lines(before), lines(after));

        found(ROLES, finding);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        alter table users rename column name to title;               | renames what the running release uses; add the new one beside it
        alter table users alter column name type citext;             | changes a type in place, which rewrites the table; add a column of the new type
        alter table users alter name set not null;                   | SET NOT NULL reads a table that is in use under a lock; add a check
        alter table users add column n bigserial;                    | gives a new column a value that differs from row to row
        alter table users add column u uuid default gen_random_uuid(); | gives a new column a value that differs from row to row
        alter table users add column t timestamptz default clock_timestamp(); | gives a new column a value that differs from row to row
        alter table users add constraint users_x_key unique (name);  | (unique: USING INDEX), and VALIDATE it in the next file
        alter table users add constraint a check (true) not valid; alter table users validate constraint a; | validates in the transaction that adds the constraint and keeps its lock; VALIDATE in the next file
        update users set name = 'x';                                 | changes the rows of users in one transaction; do it in bounded batches outside the changelog
        create index users_name_idx on users (name);                 | an index without CONCURRENTLY keeps writes of a table in use waiting; write a file of its own as 0006_create_sessions_ended_at_idx.sql has it
        create index concurrently users_name_idx on users (name);    | a concurrent index is not built in the form that can be repeated; write a file of its own
        create index concurrently if not exists a_idx on users (name); | IF NOT EXISTS passes over an index that a killed run left invalid; write a file
        drop index sessions_live_idx;                                | an index of a table in use is not dropped in the form that can be repeated; write a file of its own
        """)
    void sql(String sql, String finding) throws Exception {
        String file = db.addChange("", "set local lock_timeout = '2s';\n" + sql, "select 1;");

        found(file, finding);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        drop table users;
        comment on column users.name is 'x';
        create trigger t after insert on users execute function f();
        create table a (id bigint, constraint f foreign key (id) references users (id));
        alter index sessions_live_idx set (fillfactor = 80);
        """)
    void tableInUseWantsALockTimeout(String sql) throws Exception {
        String file = db.addChange("", sql, "select 1;");

        found(file, "touches a table that is in use without a lock timeout; add set local lock_timeout = '2s';");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        create table a (id bigint, at timestamptz default clock_timestamp()); create index a_idx on a (at);     | drop table a;
        comment on table public.a is 'alter table users rename; it''s prose'; create table "a" (id bigint);     | drop table a;
        set local lock_timeout = '1s'; alter table users add column n text default 'it'; -- rename nothing      | set local lock_timeout = '2s'; alter table users drop column n;
        set local lock_timeout = '1s'; alter table users add constraint k unique using index i;                 | set local lock_timeout = '2s'; alter table users drop constraint k;
        set local lock_timeout = '1s'; alter table users alter name set not null; alter table users drop constraint users_name_present_check; | set local lock_timeout = '2s'; alter table users alter name drop not null;
        set local lock_timeout = '1s'; do $$ begin update users set name = 'x; alter table users rename'; end $$; | select 1;
        """)
    void fine(String sql, String rollback) throws Exception {
        db.addChange("", sql, rollback);

        assertThat(ChangelogLint.findings(db.folder())).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        create index concurrently              | create index                             | an index without CONCURRENTLY keeps writes of a table in use waiting; write a file of its own
        create index concurrently              | create index concurrently if not exists  | IF NOT EXISTS passes over an index that a killed run left invalid; write a file of its own
        set lock_timeout = 0;                  | --                                       | a concurrent index is not built in the form that can be repeated; write a file of its own
        reset lock_timeout;                    | --                                       | a concurrent index is not built in the form that can be repeated; write a file of its own
        ' runInTransaction:false'              | ''                                       | a concurrent index is not built in the form that can be repeated; write a file of its own
        --rollback drop index concurrently     | --rollback drop index                    | its rollback keeps writes of a table in use waiting; write --rollback drop index concurrently if exists
        """)
    void index(String before, String after, String finding) throws Exception {
        db.edit(INDEX, before, after);

        found(INDEX, finding);
    }

    @Test
    void rollbackThatDropsAForeignKeyWantsALockTimeout() throws Exception {
        String file = "changes/0002_create_sessions.sql";
        db.edit(file, "--rollback set local lock_timeout = '2s';\n", "");

        found(file, "its rollback touches a table that is in use without a lock timeout; add --rollback set local");
    }

    private void found(String file, String finding) {
        assertThat(ChangelogLint.findings(db.folder()))
                .anySatisfy(
                        line -> assertThat(line).startsWith("db/" + file + ": ").contains(finding));
    }

    private static String lines(String text) {
        return text.replace("\\n", "\n");
    }
}
