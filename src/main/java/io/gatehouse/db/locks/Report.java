package io.gatehouse.db.locks;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What waiting changesets would do to a database.
 *
 * @param analysedOn version of the PostgreSQL on which they were run, such as {@code 18.6}
 * @param target version of the PostgreSQL for which they are meant
 * @param changes in the order in which they would run
 * @param remarks what limits the analysis: another major version, parts of the schema that could not be copied
 */
public record Report(String analysedOn, String target, List<Change> changes, List<String> remarks) {

    public Report {
        changes = List.copyOf(changes);
        remarks = List.copyOf(remarks);
    }

    private static final String MISSING = "Not in the copy: ";

    /** The remark on a part of the schema that could not be copied. */
    static String missing(String part) {
        return MISSING + part;
    }

    /** Whether all of the schema could be copied. */
    public boolean complete() {
        return remarks.stream().noneMatch(remark -> remark.startsWith(MISSING));
    }

    /** The worst of all changesets; safe when none waits. */
    public Verdict verdict() {
        return changes.stream()
                .map(Change::verdict)
                .max(Comparator.naturalOrder())
                .orElse(Verdict.SAFE);
    }

    /**
     * A changeset.
     *
     * @param transactional whether it runs in one transaction; its locks are then held to its end
     */
    public record Change(String id, String file, boolean transactional, List<Step> steps) {

        public Change {
            steps = List.copyOf(steps);
        }

        /** The worst of its statements. */
        public Verdict verdict() {
            return steps.stream()
                    .map(Step::verdict)
                    .max(Comparator.naturalOrder())
                    .orElse(Verdict.SAFE);
        }
    }

    /**
     * A statement of a changeset.
     *
     * @param byRule whether its locks are known by rule and were not seen, because it cannot run in a transaction
     * @param effects on tables that were there before the changeset; those it made itself are nobody's yet
     * @param reasons of the verdict, for people
     * @param safer the form that keeps nobody waiting, where there is one
     */
    public record Step(
            String sql,
            boolean byRule,
            List<Effect> effects,
            Verdict verdict,
            List<String> reasons,
            Optional<String> safer) {

        public Step {
            effects = List.copyOf(effects);
            reasons = List.copyOf(reasons);
        }

        /** The beginning of the statement, for one line of output. */
        public String line() {
            return SqlText.shortened(sql);
        }
    }

    /**
     * What a statement does to one table, view or sequence.
     *
     * @param lock the strongest that this statement takes by itself, whatever earlier ones of its transaction still
     *     hold; a lock on an index counts for its table
     * @param rewritten whether all its rows are written anew
     * @param scanned whether it is read as a whole, or, for a foreign key, asked row by row
     * @param rows on the target, estimated by its statistics; -1 where it has none
     * @param bytes on the target, with indexes and TOAST
     */
    public record Effect(String table, LockMode lock, boolean rewritten, boolean scanned, long rows, long bytes) {

        /** Rows and bytes for people. */
        public String size() {
            String counted = rows < 0 ? "rows never counted" : String.format(Locale.ROOT, "%,d rows", rows);
            return counted + ", " + words(bytes);
        }

        private static String words(long bytes) {
            if (bytes < 10 << 10) {
                return bytes + " bytes";
            }
            if (bytes < 10 << 20) {
                return (bytes >> 10) + " KiB";
            }
            return bytes < 10L << 30 ? (bytes >> 20) + " MiB" : (bytes >> 30) + " GiB";
        }
    }
}
