package io.gatehouse.db.lint;

import java.nio.file.Path;
import java.util.List;
import java.util.function.BiConsumer;

/** Checks the files of {@code db/} against the house's rules; asks no database. Stateless. */
public final class ChangelogLint {

    /** What every file has to keep. */
    private static final List<BiConsumer<ChangeFile, Findings>> FORM =
            List.of(FormRules::header, FormRules::comment, FormRules::parameters, RollbackRules::check);

    /** What the SQL of {@code changes/} may do; the files of {@code adopt/} look at strange schemas and may do more. */
    private static final List<BiConsumer<ChangeFile, Findings>> SQL = List.of(
            ColumnRules::check,
            TableRules::lockTimeout,
            TableRules::inPlace,
            TableRules::constraints,
            TableRules::backfill,
            IndexRules::check);

    private ChangelogLint() {}

    /** Each as "file: what is wrong; what to do"; empty when all is well. */
    public static List<String> findings(Path db) {
        Findings findings = new Findings();
        ChangelogFolder folder = ChangelogFolder.read(db);
        folder.check(findings);
        for (ChangeFile file : folder.files()) {
            FORM.forEach(rule -> rule.accept(file, findings));
            if (file.folder().equals("changes")) {
                SQL.forEach(rule -> rule.accept(file, findings));
            }
        }
        return findings.all();
    }
}
