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
        if (statement.source() == Source.NONE) {
            String why = "It cannot run in a transaction and no rule knows it: read its page of the manual";
            return new Judgement(Verdict.WINDOW, List.of(why), Optional.empty());
        }
        List<String> waiting = held.entrySet().stream()
                .filter(lock -> lock.getValue().blocksWrites())
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
        boolean blocks = effects.stream().anyMatch(effect -> effect.lock().blocksWrites());
        boolean many = changesMany(effects, changed);
        List<String> reasons = new ArrayList<>(labours(effects, blocks || !waiting.isEmpty(), many));
        if (many && reasons.isEmpty()) {
            reasons.add(rows(changed));
        }
        Verdict verdict = !reasons.isEmpty()
                ? Verdict.WINDOW
                : blocks || (!waiting.isEmpty() && !effects.isEmpty()) ? Verdict.BRIEF : Verdict.SAFE;
        boolean worse = verdict == Verdict.WINDOW || (verdict == Verdict.BRIEF && !blocks);
        if (!waiting.isEmpty() && worse) {
            reasons.add("meanwhile " + String.join(", ", waiting)
                    + " stays locked by an earlier statement of the transaction");
        }
        if (blocks && !statement.lockTimeout()) {
            reasons.add("no lock_timeout: behind a long query it waits without end, and everybody else behind it");
        }
        Optional<String> safer = SaferForm.of(SqlText.of(statement.sql()), effects)
                .or(() -> many ? Optional.of(SaferForm.BATCHES) : Optional.empty());
        return new Judgement(verdict, reasons, safer);
    }

    /** What is done to large tables while somebody waits for it to end, be it for a table or for rows. */
    private static List<String> labours(List<Effect> effects, boolean blocks, boolean many) {
        return effects.stream()
                .filter(effect -> effect.bytes() > SMALL_BYTES && effect.scanned())
                .filter(effect -> blocks || (many && changesRows(effect)))
                .map(Judgement::labour)
                .toList();
    }

    private static String labour(Effect effect) {
        String what = effect.rewritten() ? "written anew" : changesRows(effect) ? "read and changed" : "read";
        return "%s is %s as a whole (%s)".formatted(effect.table(), what, effect.size());
    }

    /** Rows that one transaction changes stay locked, for others who change them, until its end. */
    private static boolean changesMany(List<Effect> effects, OptionalLong changed) {
        return changed.orElse(Long.MAX_VALUE) > SMALL_BATCH
                && effects.stream().anyMatch(effect -> changesRows(effect) && effect.bytes() > SMALL_BYTES);
    }

    private static boolean changesRows(Effect effect) {
        return effect.lock() == LockMode.ROW_EXCLUSIVE;
    }

    private static String rows(OptionalLong changed) {
        return changed.isPresent()
                ? String.format(Locale.ROOT, "about %,d rows are changed in one transaction", changed.getAsLong())
                : "how many rows of a large table it changes cannot be told here";
    }
}
