package io.gatehouse.db.locks;

import java.util.Arrays;
import java.util.Locale;

/**
 * PostgreSQL's table-level locks, weakest first. Which exclude which: PostgreSQL manual, section 13.3.1, table 13.2;
 * the same in 13 to 18.
 */
public enum LockMode {
    ACCESS_SHARE,
    ROW_SHARE,
    ROW_EXCLUSIVE,
    SHARE_UPDATE_EXCLUSIVE,
    SHARE,
    SHARE_ROW_EXCLUSIVE,
    EXCLUSIVE,
    ACCESS_EXCLUSIVE;

    /** By its name in {@code pg_locks}, such as {@code AccessExclusiveLock}. */
    static LockMode of(String name) {
        String letters = name.replace("Lock", "").toUpperCase(Locale.ROOT);
        return Arrays.stream(values())
                .filter(mode -> mode.name().replace("_", "").equals(letters))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("No lock mode of tables: " + name));
    }

    static LockMode stronger(LockMode one, LockMode other) {
        return one.compareTo(other) >= 0 ? one : other;
    }

    /** Whether a SELECT has to wait. */
    public boolean blocksReads() {
        return this == ACCESS_EXCLUSIVE;
    }

    /** Whether INSERT, UPDATE and DELETE have to wait. */
    public boolean blocksWrites() {
        return compareTo(SHARE) >= 0;
    }

    /** What has to wait for it, in words. */
    public String blocked() {
        return switch (this) {
            case ACCESS_SHARE, ROW_SHARE, ROW_EXCLUSIVE -> "no reads and no writes";
            case SHARE_UPDATE_EXCLUSIVE -> "other DDL and vacuum";
            case SHARE, SHARE_ROW_EXCLUSIVE, EXCLUSIVE -> "writes";
            case ACCESS_EXCLUSIVE -> "reads and writes";
        };
    }

    /** As the manual writes it: ACCESS EXCLUSIVE. */
    @Override
    public String toString() {
        return name().replace('_', ' ');
    }
}
