package io.gatehouse.db.locks;

import io.gatehouse.db.locks.Report.Effect;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The form of a statement that keeps nobody waiting, or not for long, where PostgreSQL has one. Stateless. */
final class SaferForm {

    /** When a form is worth naming: always where somebody waits, or only where a table is read or written under it. */
    private enum When {
        WAITS,
        READS,
        REWRITES
    }

    private record Form(Pattern statement, When when, String advice) {
        Form(String statement, When when, String advice) {
            this(Pattern.compile(statement), when, advice);
        }
    }

    /** For statements that change many rows. */
    static final String BATCHES =
            "in batches along the primary key, each committed by itself, outside the changelog or in a"
                    + " runInTransaction:false file";

    private static final List<Form> FORMS = List.of(
            new Form(
                    "^create (unique )?index (?!concurrently)",
                    When.WAITS,
                    "create index concurrently, in a file of its own with runInTransaction:false"),
            new Form(
                    "^drop index (?!concurrently)",
                    When.WAITS,
                    "drop index concurrently, in a file of its own with runInTransaction:false"),
            new Form("^reindex (?!.*concurrently)", When.WAITS, "reindex … concurrently, with runInTransaction:false"),
            new Form(
                    "^refresh materialized view (?!concurrently)",
                    When.WAITS,
                    "refresh materialized view concurrently, which needs a unique index on it"),
            new Form(
                    "^(vacuum .*full|cluster)",
                    When.WAITS,
                    "plain vacuum; where the space must be given back, pg_repack, or a window"),
            new Form(
                    "add (constraint \\S+ )?(unique|primary key)(?! using)",
                    When.READS,
                    "create unique index concurrently in a file before it, then add constraint … using index"),
            new Form(
                    "add (constraint \\S+ )?(check|foreign key)|add constraint|references",
                    When.READS,
                    "add the constraint NOT VALID, and VALIDATE it in the next file, which lets reads and writes go on"),
            new Form(
                    "alter (column )?\\S+ set not null",
                    When.READS,
                    "add check (… is not null) not valid, validate it in the next file, then set not null, which reads"
                            + " nothing any more, and drop the check"),
            new Form(
                    "alter (column )?\\S+ (set data )?type",
                    When.READS,
                    "add a column of the new type, fill it in batches while both are written, then use it"),
            new Form(
                    "add (column )?",
                    When.REWRITES,
                    "add the column without the default, then set the default for new rows, and fill the old ones in"
                            + " batches"),
            new Form(
                    "attach partition",
                    When.READS,
                    "before it, give the partition a check of its bounds, NOT VALID and then validated; attach reads"
                            + " nothing then"),
            new Form(
                    "detach partition (?!.*concurrently)",
                    When.WAITS,
                    "detach partition … concurrently, with runInTransaction:false"),
            new Form("^(with .*)?(update|delete) ", When.READS, BATCHES));

    private SaferForm() {}

    static Optional<String> of(SqlText statement, List<Effect> effects) {
        return FORMS.stream()
                .filter(form -> effects.stream().anyMatch(effect -> concerns(form.when(), effect)))
                .filter(form -> statement.matches(form.statement()))
                .map(Form::advice)
                .findFirst();
    }

    private static boolean concerns(When when, Effect effect) {
        return switch (when) {
            case WAITS -> effect.lock().blocksWrites();
            case READS -> effect.scanned() && (effect.lock().blocksWrites() || effect.lock() == LockMode.ROW_EXCLUSIVE);
            case REWRITES -> effect.rewritten();
        };
    }
}
