package io.gatehouse.user;

import io.gatehouse.crypto.CannotOpenException;
import io.gatehouse.db.Database;
import io.gatehouse.db.Transactions;
import java.util.List;
import java.util.function.Consumer;

/**
 * Seals what previous keys sealed under the current one, while the service runs. The table says how far it is: a row
 * is done when it names the current key, so a run that was stopped goes on where it was, and two runs at once only
 * share the work. Rows that change meanwhile are left as they then are. Thread-safe.
 */
public final class Reseal {

    /** Short statements, and no transaction that holds locks while keys are at work. */
    private static final int BATCH = 100;

    private static final int SHOW_EVERY = 250;

    /** Counting more would take longer than a statement may. */
    private static final int MOST_COUNTED = 100_000;

    private final Database database;
    private final Phones phones;

    public Reseal(Database database, Phones phones) {
        this.database = database;
        this.phones = phones;
    }

    /** Something is still sealed under another key than the current one; the progress has named it. */
    public static final class IncompleteException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        /** One whose stack would tell nothing. */
        public IncompleteException() {
            super("rows, or secrets of webhooks, are left under other keys than the current one", null, false, false);
        }
    }

    /**
     * Works through every previous key.
     *
     * @param transactions one for each row
     * @param progress gets a line for every 250 rows
     * @return rows sealed anew
     * @throws IncompleteException when rows are left under another key than the current one
     */
    public long run(Transactions transactions, Consumer<String> progress) {
        progress.accept("Sealing anew under key " + phones.currentKey());
        long moved = 0;
        long left = 0;
        for (String key : phones.previousKeys()) {
            progress.accept("key %s: %s rows".formatted(key, shown(count(key))));
            long done = pass(key, transactions, progress);
            progress.accept("key %s: %d sealed anew".formatted(key, done));
            moved += done;
            long remaining = count(key);
            if (remaining > 0) {
                progress.accept("key %s: %s left; run this again, and clear what cannot be opened (docs/crypto.md)"
                        .formatted(key, shown(remaining)));
            }
            left += remaining;
        }
        List<String> unknown =
                database.read(sql -> new PhoneStore(sql).otherKeys(phones.currentKey(), phones.previousKeys()));
        unknown.forEach(
                key -> progress.accept("key %s: not on the ring; ECIES_PREVIOUS_PRIVATE_KEYS lacks it".formatted(key)));
        if (left > 0 || !unknown.isEmpty()) {
            throw new IncompleteException();
        }
        return moved;
    }

    private long count(String key) {
        return database.read(sql -> new PhoneStore(sql).count(key, MOST_COUNTED));
    }

    private static String shown(long rows) {
        return rows < MOST_COUNTED ? Long.toString(rows) : MOST_COUNTED + " or more";
    }

    private long pass(String key, Transactions transactions, Consumer<String> progress) {
        long done = 0;
        long after = 0;
        while (true) {
            long from = after;
            List<PhoneStore.Row> batch = database.read(sql -> new PhoneStore(sql).sealedWith(key, from, BATCH));
            if (batch.isEmpty()) {
                return done;
            }
            long before = done;
            done += batch.stream()
                    .filter(row -> reseal(row, transactions, progress))
                    .count();
            if (before / SHOW_EVERY != done / SHOW_EVERY) {
                progress.accept("key %s: %d done".formatted(key, done));
            }
            after = batch.getLast().id();
        }
    }

    /** False when it cannot be, or when somebody else was quicker. */
    private boolean reseal(PhoneStore.Row row, Transactions transactions, Consumer<String> progress) {
        try {
            SealedPhone renewed = phones.seal(phones.open(row.phone()));
            return transactions.tx(sql -> new PhoneStore(sql).replace(row, renewed));
        } catch (CannotOpenException e) {
            progress.accept("account %d: its telephone number cannot be opened".formatted(row.id()));
            return false;
        }
    }
}
