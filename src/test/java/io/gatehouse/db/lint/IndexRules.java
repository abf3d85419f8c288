package io.gatehouse.db.lint;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Indexes of tables that are in use are built and dropped beside reads and writes. Stateless. */
final class IndexRules {

    private static final Pattern CREATE = Pattern.compile(
            "^create (?:unique )?index (?<concurrently>concurrently )?(?<maybe>if not exists )?(?<index>\\w+) on"
                    + " (?:only )?(?<table>\\w+)");
    private static final Pattern DROP =
            Pattern.compile("^drop index (?<concurrently>concurrently )?(?<maybe>if exists )?(?<index>\\w+)");

    private static final String FORM = "write a file of its own as 0006_create_sessions_ended_at_idx.sql has it:"
            + " runInTransaction:false, lock timeout off, drop index concurrently if exists, create index"
            + " concurrently, reset";

    private IndexRules() {}

    static void check(ChangeFile file, Findings findings) {
        Set<String> own = Touched.created(file.up());
        for (String statement : file.up()) {
            CREATE.matcher(statement)
                    .results()
                    .filter(found -> !own.contains(found.group("table")))
                    .forEach(found -> {
                        created(file, found.group("concurrently") != null, findings);
                        built(file, found.group("index"), findings);
                    });
            if (statement.startsWith("create") && statement.contains("index concurrently if not exists")) {
                findings.add(file, "IF NOT EXISTS passes over an index that a killed run left invalid", FORM);
            }
            DROP.matcher(statement)
                    .results()
                    .filter(found -> !own.contains(found.group("index")))
                    .forEach(found -> dropped(file, found.group("index"), findings));
        }
    }

    private static void created(ChangeFile file, boolean concurrently, Findings findings) {
        if (!concurrently) {
            findings.add(file, "an index without CONCURRENTLY keeps writes of a table in use waiting", FORM);
        }
    }

    /** Only where it is concurrent: else the finding above says all. */
    private static void built(ChangeFile file, String index, Findings findings) {
        List<String> up = file.up();
        boolean concurrent = up.stream().anyMatch(statement -> statement.contains("index concurrently " + index));
        boolean inForm = up.size() == 4
                && begins(up, index)
                && up.get(2).matches("create (unique )?index concurrently " + index + " on .*")
                && up.getLast().equals("reset lock_timeout");
        if (concurrent && (file.inTransaction() || !inForm)) {
            findings.add(file, "a concurrent index is not built in the form that can be repeated", FORM);
        }
        if (concurrent && !file.down().equals(List.of("drop index concurrently if exists " + index))) {
            findings.add(
                    file,
                    "its rollback keeps writes of a table in use waiting",
                    "write --rollback drop index concurrently if exists " + index + ";");
        }
    }

    private static void dropped(ChangeFile file, String index, Findings findings) {
        List<String> up = file.up();
        boolean inForm = up.size() == 3 && begins(up, index) && up.getLast().equals("reset lock_timeout");
        if (file.inTransaction() || !inForm) {
            findings.add(
                    file,
                    "an index of a table in use is not dropped in the form that can be repeated",
                    "write a file of its own: runInTransaction:false, lock timeout off, drop index concurrently if"
                            + " exists, reset");
        }
    }

    private static boolean begins(List<String> up, String index) {
        return up.getFirst().equals("set lock_timeout = 0")
                && up.get(1).equals("drop index concurrently if exists " + index);
    }
}
