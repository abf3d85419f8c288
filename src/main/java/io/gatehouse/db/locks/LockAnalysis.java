package io.gatehouse.db.locks;

import io.gatehouse.config.Settings.Postgres;
import io.gatehouse.db.DirectConnection;
import io.gatehouse.db.Migrations.MigrationException;
import io.gatehouse.db.PlannedChange;
import io.gatehouse.db.SchemaCopy;
import io.gatehouse.db.locks.Rehearsal.Seen;
import io.gatehouse.db.locks.Rehearsal.Source;
import io.gatehouse.db.locks.Report.Change;
import io.gatehouse.db.locks.Report.Effect;
import io.gatehouse.db.locks.Report.Step;
import io.gatehouse.db.locks.TableSizes.Size;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Runs waiting changesets on a copy of a target's schema and tells what they would do to the target. On the target it
 * only reads catalogs, and has statements planned that would change rows. Thread-safe.
 */
public final class LockAnalysis {

    private final Postgres target;
    private final Postgres scratch;

    /** @param scratch an empty database, where the copy is made */
    public LockAnalysis(Postgres target, Postgres scratch) {
        this.target = target;
        this.scratch = scratch;
    }

    /**
     * Analyses changesets in the order in which they would run.
     *
     * @throws MigrationException when a database cannot be asked, or a changeset fails on the copy
     */
    public Report of(List<PlannedChange> changes) {
        List<String> remarks = new ArrayList<>();
        SchemaCopy.make(target, scratch).forEach(left -> remarks.add(Report.missing(left)));
        try (Connection looking = DirectConnection.reader(target, target.ddl());
                Connection copy = DirectConnection.owner(scratch)) {
            Version theirs = Version.of(looking);
            Version ours = Version.of(copy);
            if (theirs.major() != ours.major()) {
                remarks.addFirst(
                        "Analysed on PostgreSQL %s; the target is %s, where locks and rewrites may differ: see its manual"
                                .formatted(ours.number(), theirs.number()));
            }
            TableSizes sizes = TableSizes.of(looking);
            Relations relations = Relations.of(copy);
            Rehearsal rehearsal = new Rehearsal(copy);
            List<Change> analysed = new ArrayList<>();
            for (PlannedChange change : changes) {
                List<Seen> seen = rehearsal.run(change).stream()
                        .map(statement -> asOn(theirs, statement))
                        .toList();
                analysed.add(judged(change, seen, relations, sizes, looking));
            }
            return new Report(ours.number(), theirs.number(), analysed, remarks);
        } catch (SQLException e) {
            throw new MigrationException("The database cannot be asked: " + e.getMessage(), e);
        }
    }

    /** Where PostgreSQL is known to have changed since the target's version, and the lab of our tests has seen it. */
    private static Seen asOn(Version target, Seen statement) {
        boolean locksNothing =
                target.major() < 18 && SqlText.of(statement.sql()).words().matches("(grant|revoke) .*");
        return locksNothing ? statement.with(Observation.NONE) : statement;
    }

    private static Change judged(
            PlannedChange change, List<Seen> seen, Relations relations, TableSizes sizes, Connection looking)
            throws SQLException {
        Map<String, LockMode> held = new HashMap<>();
        List<Step> steps = new ArrayList<>();
        for (Seen statement : seen) {
            List<Effect> effects = effects(statement, relations, sizes);
            OptionalLong changed = ChangedRows.of(looking, statement.sql(), effects);
            Judgement judgement = Judgement.of(statement, effects, held, changed);
            steps.add(new Step(
                    statement.sql(),
                    statement.source() != Source.WATCHED,
                    effects,
                    judgement.verdict(),
                    judgement.reasons(),
                    judgement.safer()));
            if (change.transactional()) {
                effects.forEach(effect -> held.merge(effect.table(), effect.lock(), LockMode::stronger));
            }
        }
        return new Change(change.id(), change.file(), change.transactional(), steps);
    }

    private static List<Effect> effects(Seen statement, Relations relations, TableSizes sizes) {
        Map<String, Effect> effects = new HashMap<>();
        // TRUNCATE gives its table and indexes other files, too, but has nothing to read or to write into them.
        boolean works = !SqlText.of(statement.sql()).words().startsWith("truncate");
        Observation seen = statement.observation();
        seen.locks().forEach((oid, lock) -> {
            Optional<String> table = relations.name(oid);
            Optional<Size> size = table.flatMap(sizes::of);
            if (table.isPresent() && size.isPresent()) {
                boolean rewritten = works && seen.rewritten().contains(oid);
                Effect effect = new Effect(
                        table.get(),
                        lock,
                        rewritten,
                        works && (rewritten || seen.scanned().contains(oid)),
                        size.get().rows(),
                        size.get().bytes());
                effects.merge(table.get(), effect, LockAnalysis::both);
            }
        });
        return effects.values().stream()
                .sorted(Comparator.comparing(Effect::table))
                .toList();
    }

    /** A table's own effect and that of its index. */
    private static Effect both(Effect one, Effect other) {
        return new Effect(
                one.table(),
                LockMode.stronger(one.lock(), other.lock()),
                one.rewritten() || other.rewritten(),
                one.scanned() || other.scanned(),
                one.rows(),
                one.bytes());
    }
}
