package io.gatehouse.db.locks;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What one statement did to relations, by object id: seen from inside its transaction, where its locks are still held
 * and its counts not yet mixed with others'. Immutable.
 *
 * @param locks strongest lock on each relation
 * @param rewritten relations whose rows lie in another file now
 * @param scanned tables that were read as a whole
 */
record Observation(Map<Long, LockMode> locks, Set<Long> rewritten, Set<Long> scanned) {

    static final Observation NONE = new Observation(Map.of(), Set.of(), Set.of());

    private static final String LOCKS = """
            select relation, mode
              from pg_locks
             where pid = pg_backend_pid() and locktype = 'relation' and granted
               and database = (select oid from pg_database where datname = current_database())""";

    private static final String FILES = """
            select oid, pg_relation_filenode(oid)
              from pg_class
             where relnamespace = current_schema()::regnamespace and relkind in ('r', 'm')""";

    private static final String SCANS = """
            select relid, seq_scan
              from pg_stat_xact_user_tables""";

    /** Checking one joins both tables, and reads the second one only when the first has rows, as it has not here. */
    private static final String CHECKED_FOREIGN_KEYS = """
            select oid, conrelid, confrelid
              from pg_constraint
             where contype = 'f' and convalidated""";

    /** Together with what is known to happen besides. */
    Observation and(Observation other) {
        Map<Long, LockMode> all = new HashMap<>(locks);
        other.locks.forEach((oid, lock) -> all.merge(oid, lock, LockMode::stronger));
        return new Observation(all, union(rewritten, other.rewritten), union(scanned, other.scanned));
    }

    private static Set<Long> union(Set<Long> one, Set<Long> other) {
        Set<Long> both = new HashSet<>(one);
        both.addAll(other);
        return both;
    }

    /** The state before a statement, to be compared with the one after it. */
    record Before(Map<Long, Long> files, Map<Long, Long> scans, Set<Long> foreignKeys) {

        static Before of(Connection connection) throws SQLException {
            Set<Long> keys = new HashSet<>();
            each(connection, CHECKED_FOREIGN_KEYS, row -> keys.add(row.getLong(1)));
            return new Before(numbers(connection, FILES), numbers(connection, SCANS), keys);
        }

        Observation after(Connection connection) throws SQLException {
            Map<Long, LockMode> locks = new HashMap<>();
            each(
                    connection,
                    LOCKS,
                    row -> locks.merge(row.getLong(1), LockMode.of(row.getString(2)), LockMode::stronger));
            Set<Long> scanned = changed(scans, numbers(connection, SCANS));
            each(connection, CHECKED_FOREIGN_KEYS, row -> {
                boolean checked = !foreignKeys.contains(row.getLong(1)) && scanned.contains(row.getLong(2));
                if (checked && files.containsKey(row.getLong(2))) {
                    scanned.add(row.getLong(3));
                }
            });
            Set<Long> rewritten = changed(files, numbers(connection, FILES));
            return new Observation(locks, rewritten, scanned);
        }

        private static Set<Long> changed(Map<Long, Long> before, Map<Long, Long> after) {
            Set<Long> changed = new HashSet<>();
            after.forEach((oid, number) -> {
                if (!number.equals(before.getOrDefault(oid, 0L))) {
                    changed.add(oid);
                }
            });
            return changed;
        }
    }

    private interface Row {
        void read(ResultSet row) throws SQLException;
    }

    private static Map<Long, Long> numbers(Connection connection, String query) throws SQLException {
        Map<Long, Long> numbers = new HashMap<>();
        each(connection, query, row -> numbers.put(row.getLong(1), row.getLong(2)));
        return numbers;
    }

    private static void each(Connection connection, String query, Row reader) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                reader.read(rows);
            }
        }
    }
}
