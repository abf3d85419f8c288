package io.gatehouse.user;

import io.gatehouse.crypto.CannotOpenException;
import io.gatehouse.db.Database;
import java.io.PrintStream;
import java.util.List;

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

    /**
     * Works through every previous key.
     *
     * @param out gets a line for every 250 rows
     * @return whether nothing is left under another key than the current one
     */
    public boolean run(PrintStream out) {
        out.printf("Sealing anew under key %s%n", phones.currentKey());
        long left = 0;
        for (String key : phones.previousKeys()) {
            out.printf("key %s: %s rows%n", key, shown(count(key)));
            out.printf("key %s: %d sealed anew%n", key, pass(key, out));
            long remaining = count(key);
            if (remaining > 0) {
                out.printf(
                        "key %s: %s left; run this again, and clear what cannot be opened (docs/crypto.md)%n",
                        key, shown(remaining));
            }
            left += remaining;
        }
        List<String> unknown =
                database.read(sql -> new PhoneStore(sql).otherKeys(phones.currentKey(), phones.previousKeys()));
        unknown.forEach(key -> out.printf("key %s: not on the ring; ECIES_PREVIOUS_PRIVATE_KEYS lacks it%n", key));
        return left == 0 && unknown.isEmpty();
    }

    private long count(String key) {
        return database.read(sql -> new PhoneStore(sql).count(key, MOST_COUNTED));
    }

    private static String shown(long rows) {
        return rows < MOST_COUNTED ? Long.toString(rows) : MOST_COUNTED + " or more";
    }

    private long pass(String key, PrintStream out) {
        long done = 0;
        long after = 0;
        while (true) {
            long from = after;
            List<PhoneStore.Row> batch = database.read(sql -> new PhoneStore(sql).sealedWith(key, from, BATCH));
            if (batch.isEmpty()) {
                return done;
            }
            long before = done;
            done += batch.stream().filter(row -> reseal(row, out)).count();
            if (before / SHOW_EVERY != done / SHOW_EVERY) {
                out.printf("key %s: %d done%n", key, done);
            }
            after = batch.getLast().id();
        }
    }

    /** False when it cannot be, or when somebody else was quicker. */
    private boolean reseal(PhoneStore.Row row, PrintStream out) {
        try {
            SealedPhone renewed = phones.seal(phones.open(row.phone()));
            return database.tx(sql -> new PhoneStore(sql).replace(row, renewed));
        } catch (CannotOpenException e) {
            out.printf("account %d: its telephone number cannot be opened%n", row.id());
            return false;
        }
    }
}
