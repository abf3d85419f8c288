package io.gatehouse.db.lint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Names, numbers and include lines; files for databases of the former service. */
class ChangelogFolderTest {

    private static final String ADOPT = "adopt/0001_check_something.sql";

    @TempDir
    private Path parent;

    private CopiedDb db;

    @BeforeEach
    void copyWithoutAdopt() throws IOException {
        db = new CopiedDb(parent);
        for (String name : ChangelogFolder.read(db.folder()).included()) {
            if (name.startsWith("adopt/")) {
                db.delete(name);
                db.edit(
                        "changelog.yaml",
                        "  - include:\n      file: " + name + "\n      relativeToChangelogFile: true\n",
                        "");
            }
        }
        assertThat(ChangelogLint.findings(db.folder())).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"changes/15_x_y.sql", "changes/0015_X_y.sql", "changes/0015_x.sql", "changes/notes.txt"})
    void anotherNameIsRefused(String name) throws Exception {
        db.add(name, "");

        found("db/" + name + ": is not named NNNN_verb_object.sql; rename it");
        found("db/" + name + ": is not included; add its line to db/changelog.yaml");
    }

    @Test
    void numbersHaveNeitherTwinsNorGaps() throws Exception {
        db.add("changes/0003_add_users_wings.sql", "");
        db.add("changes/8000_add_users_fins.sql", "");

        found("db/changes/0003_add_users_wings.sql: has a number that another file has; give it the next free one");
        found("db/changes/8000_add_users_fins.sql: 00");
        found(" is missing before it; number the files without gaps");
    }

    @Test
    void everyIncludeLineHasItsFile() throws Exception {
        db.delete("changes/0014_explain_invalidations.sql");

        found("db/changelog.yaml: includes changes/0014_explain_invalidations.sql, which is not there; restore it");
    }

    @Test
    void linesStandInTheOrderOfTheNumbers() throws Exception {
        db.edit("changelog.yaml", "0003_add_users_roles", "0004");
        db.edit("changelog.yaml", "0004_validate_users_roles_check", "0003_add_users_roles");

        found(
                "db/changelog.yaml: includes changes/0003_add_users_roles.sql after changes/0004.sql; put each line once");
    }

    @Test
    void nothingIsIncludedByAccident() throws Exception {
        db.edit("changelog.yaml", "databaseChangeLog:", "databaseChangeLog:\n  - includeAll:\n      path: more\n");

        found("db/changelog.yaml: includeAll skips what it does not know; include each file by its name");
    }

    @Test
    void filesForTheFormerServiceMayDoMore() throws Exception {
        adopt("adopt-0001-check-something", "--rollback empty");

        assertThat(ChangelogLint.findings(db.folder())).isEmpty();
    }

    @Test
    void filesForTheFormerServiceKeepTheForm() throws Exception {
        adopt("0001-check-something", "-- nothing to take back");

        found("db/" + ADOPT + ": its id is not its name; write --changeset gatehouse:adopt-0001-check-something");
        found("db/" + ADOPT + ": has no rollback; add --rollback lines");
    }

    private void adopt(String id, String rollback) throws Exception {
        db.include(ADOPT);
        db.add(ADOPT, """
                --liquibase formatted sql

                --changeset gatehouse:%s splitStatements:false
                --comment: Looks at what is there and renames it.
                do $$
                begin
                    alter table users rename to accounts;
                end
                $$;
                %s
                """.formatted(id, rollback));
    }

    private void found(String finding) {
        assertThat(ChangelogLint.findings(db.folder()))
                .anySatisfy(line -> assertThat(line).contains(finding));
    }
}
