package io.gatehouse.command;

import io.gatehouse.config.Settings.Postgres;
import io.gatehouse.db.Migrations;
import io.gatehouse.db.SchemaContents;
import io.gatehouse.db.SchemaContents.Column;
import io.gatehouse.db.SchemaCopy;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * {@code db down}: shows what a rollback would destroy, and rolls back when told so. What goes is not read off the SQL
 * but seen: the schema is copied to a scratch PostgreSQL and rolled back there.
 */
final class DbDown {

    private final Postgres target;
    private final Migrations migrations;
    private final Path dataDir;
    private final PrintStream out;

    DbDown(Postgres target, Migrations migrations, Path dataDir, PrintStream out) {
        this.target = target;
        this.migrations = migrations;
        this.dataDir = dataDir;
        this.out = out;
    }

    int run(int wanted, boolean yes) {
        Migrations.State state = migrations.state();
        if (!state.unknown().isEmpty()) {
            out.println("Changesets are applied that this build does not have: " + String.join(", ", state.unknown())
                    + "; roll back with the build that has them");
            return 1;
        }
        List<String> applied = state.applied();
        int count = Math.min(wanted, applied.size());
        List<String> going =
                applied.subList(applied.size() - count, applied.size()).reversed();
        going.forEach(id -> out.println("  to roll back  " + id));
        if (count == 0) {
            out.println("Nothing is applied.");
            return 0;
        }
        List<String> unseen = new ArrayList<>();
        show(destroyed(count, unseen), unseen);
        if (!yes) {
            out.println("Nothing was done; add --yes to roll back.");
            return 1;
        }
        migrations.down(going);
        going.forEach(id -> out.println("  rolled back   " + id));
        return 0;
    }

    /** @param unseen gets what could not be copied, and so not be looked at */
    private Set<Column> destroyed(int count, List<String> unseen) {
        try (ScratchDatabase scratch = ScratchDatabase.below(dataDir)) {
            unseen.addAll(SchemaCopy.make(target, scratch.settings()));
            SchemaContents contents = new SchemaContents(scratch.settings());
            Set<Column> gone = new TreeSet<>(contents.columns());
            new Migrations(scratch.settings()).down(count);
            gone.removeAll(contents.columns());
            return gone;
        }
    }

    private void show(Set<Column> gone, List<String> unseen) {
        SchemaContents contents = new SchemaContents(target);
        Set<Column> present = contents.columns();
        Set<String> wholeTables = gone.stream()
                .map(Column::table)
                .filter(table -> present.stream()
                        .filter(column -> column.table().equals(table))
                        .allMatch(gone::contains))
                .collect(Collectors.toCollection(TreeSet::new));
        wholeTables.forEach(table -> out.printf("  destroys table %s: %s rows%n", table, contents.rows(table)));
        gone.stream()
                .filter(column -> !wholeTables.contains(column.table()))
                .filter(present::contains)
                .forEach(column -> out.printf("  destroys column %s: %s values%n", column, contents.values(column)));
        unseen.forEach(part -> out.println("  may destroy more: not looked at " + part));
        if (gone.isEmpty() && unseen.isEmpty()) {
            out.println(
                    "  destroys no table and no column; what it does to rows stands in ./gatehouse db rollback-sql");
        }
    }
}
