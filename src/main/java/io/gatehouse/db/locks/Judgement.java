package io.gatehouse.db.locks;

import io.gatehouse.db.locks.Rehearsal.Seen;
import io.gatehouse.db.locks.Rehearsal.Source;
import io.gatehouse.db.locks.Report.Effect;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a statement's effects mean for those who read and write meanwhile. Who waits is known from the locks; for how
 * long is a matter of whether a large table is read or written under them.
 */
record Judgement(Verdict verdict, List<String> reasons, Optional<String> safer) {

    /** Up to here a table is read and written anew in a fraction of a second. */
    static final long SMALL_BYTES = 16L << 20;

    /** A batch of so many rows is changed in moments, and its rows are free again. */
    static final long SMALL_BATCH = 10_000;

    /**
     * @param held locks of earlier statements of the same transaction, by table
     * @param changed rows that are there and that it changes; empty when nobody knows
     */
    static Judgement of(Seen statement, List<Effect> effects, Map<String, LockMode> held, OptionalLong changed) {
        List<String> reasons = new ArrayList<>();
        if (statement.source() == Source.NONE) {
            reasons.add("It cannot run in a transaction and no rule knows it: read its page of the manual");
            return new Judgement(Verdict.WINDOW, reasons, Optional.empty());
        }
        Verdict verdict = effects.stream().anyMatch(Judgement::blocking) ? Verdict.BRIEF : Verdict.SAFE;
        List<String> waiting = held.entrySet().stream()
                .filter(lock -> lock.getValue().blocksWrites())
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
        boolean blocks = verdict == Verdict.BRIEF || !waiting.isEmpty();
        for (Effect effect : effects) {
            Optional<String> labour = labour(effect);
            if (labour.isPresent() && (blocks || (changesAll(effect) && many(changed)))) {
                verdict = Verdict.WINDOW;
                reasons.add(labour.get());
                waiting.forEach(table ->
                        reasons.add("meanwhile " + table + " stays locked by an earlier statement of the transaction"));
            }
        }
        boolean many = changesMany(effects, changed);
        if (verdict != Verdict.WINDOW && many) {
            verdict = Verdict.WINDOW;
            reasons.add(
                    changed.isPresent()
                            ? String.format(
                                    Locale.ROOT, "about %,d rows are changed in one transaction", changed.getAsLong())
                            : "how many rows of a large table it changes cannot be told here");
        }
        if (verdict == Verdict.SAFE && !waiting.isEmpty() && !effects.isEmpty()) {
            verdict = Verdict.BRIEF;
            reasons.add("it runs while " + String.join(", ", waiting)
                    + " is locked by an earlier statement of the transaction");
        }
        if (verdict != Verdict.SAFE
                && !statement.lockTimeout()
                && effects.stream().anyMatch(Judgement::blocking)) {
            reasons.add("no lock_timeout: behind a long query it waits without end, and everybody else behind it");
        }
        Optional<String> safer = SaferForm.of(SqlText.of(statement.sql()), effects)
                .or(() -> many ? Optional.of(SaferForm.BATCHES) : Optional.empty());
        return new Judgement(verdict, reasons, safer);
    }

    private static boolean blocking(Effect effect) {
        return effect.lock().blocksWrites();
    }

    private static boolean many(OptionalLong changed) {
        return changed.orElse(Long.MAX_VALUE) > SMALL_BATCH;
    }

    private static boolean changesMany(List<Effect> effects, OptionalLong changed) {
        return many(changed)
                && effects.stream()
                        .anyMatch(effect -> effect.lock() == LockMode.ROW_EXCLUSIVE && effect.bytes() > SMALL_BYTES);
    }

    /** Rows that one transaction changes stay locked, for others who change them, until its end. */
    private static boolean changesAll(Effect effect) {
        return effect.lock() == LockMode.ROW_EXCLUSIVE && effect.scanned();
    }

    private static Optional<String> labour(Effect effect) {
        if (effect.bytes() <= SMALL_BYTES || !effect.scanned()) {
            return Optional.empty();
        }
        String what = effect.rewritten() ? "written anew" : changesAll(effect) ? "read and changed" : "read";
        return Optional.of("%s is %s as a whole (%s)".formatted(effect.table(), what, effect.size()));
    }
}
