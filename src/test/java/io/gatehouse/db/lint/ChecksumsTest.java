package io.gatehouse.db.lint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Breaks one thing in a copy of {@code db/}. */
class ChecksumsTest {

    private static final String FILE = "changes/0003_add_users_roles.sql";
    private static final String ID = "0003-add-users-roles";
    private static final String SUM = "9:[0-9a-f]{32}";

    @TempDir
    private Path parent;

    private CopiedDb db;

    @BeforeEach
    void copy() throws IOException {
        db = new CopiedDb(parent);
    }

    @Test
    void editedAfterItLanded() throws Exception {
        db.edit(FILE, "array ['user', 'admin']", "array ['user', 'admin', 'owner']");

        assertThat(findings())
                .singleElement()
                .asString()
                .isEqualTo("db/" + FILE + " was edited after it was frozen (db/checksums.txt); restore it and write a"
                        + " new changeset with ./gatehouse db new");
    }

    @Test
    void commentAndRollbackMayStillBeMended() throws Exception {
        db.edit(FILE, "--comment: What", "--comment: Says what");
        db.edit(FILE, "drop column roles", "drop column if exists roles");

        assertThat(findings()).isEmpty();
    }

    @Test
    void newOneIsNotFrozenYetAndTheLineIsSaid() throws Exception {
        String name = db.addChange("", "create table things (id bigint);", "drop table things;");
        String id = new ChangeFile(name, "").expectedId();

        assertThat(findings())
                .singleElement()
                .asString()
                .matches("db/" + name + " is not frozen: when it is ready to land, add this line to db/checksums.txt: "
                        + id + " " + SUM);

        String finding = findings().getFirst();
        db.edit("checksums.txt", "0016-", finding.substring(finding.indexOf(id)) + "\n0016-");
        assertThat(findings())
                .containsExactly("db/checksums.txt: its lines are in another order than db/changelog.yaml; sort them");
    }

    @Test
    void frozenOneHasGone() throws Exception {
        db.delete(FILE);

        assertThat(findings())
                .containsExactly("db/checksums.txt: the file of " + ID + " has gone; restore it: databases have it");
    }

    private List<String> findings() {
        return Checksums.findings(db.folder());
    }
}
