package io.gatehouse.db.locks;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What PostgreSQL itself shows of a session that runs a changeset: its locks, and which tables it read or wrote anew.
 * Remembers the tables there were; those that come later are nobody's business.
 */
final class LabWatch {

    private static final String REMEMBER = """
            create schema lab;
            create table lab.relations as
            with mine as (
                select * from pg_class
                where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'm', 'v', 'S')),
            parts as (
                select oid as relation, oid as owner from mine
                union all select reltoastrelid, oid from mine where reltoastrelid <> 0
                union all select indexrelid, oid from mine join pg_index on indrelid in (oid, reltoastrelid))
            select relation, relname as name, relation = owner as itself, pg_relation_filenode(relation) as file,
                case when relkind in ('r', 'm') then reltuples end as rows
            from parts join mine on oid = owner
            """;

    // Waited for counts as much as held: who comes later queues behind it.
    private static final String LOCKS = """
            select name, mode
            from lab.relations join pg_locks using (relation)
            where locktype = 'relation' and pid = ?
                and database = (select oid from pg_database where datname = current_database())
            """;

    private static final String ROWS = "select name, rows::bigint from lab.relations where rows > 0 and itself";

    // TRUNCATE gives a table a new file, too, but an empty one; ALTER SEQUENCE writes its only row into a new one.
    private static final String REWRITTEN = """
            select name from lab.relations
            where itself and rows > 0 and file <> pg_relation_filenode(relation) and pg_relation_size(relation) > 0
            """;

    private final Connection connection;
    private final String read;

    /** @param transaction whether to tell of the connection's open transaction only, or of all that ended */
    LabWatch(Connection connection, boolean transaction) {
        this.connection = connection;
        // Of a table: rows that sequential scans read; of an index: entries that its scans returned.
        String counter = transaction ? "pg_stat_get_xact_tuples_returned" : "pg_stat_get_tuples_returned";
        this.read = "select name, max(" + counter + "(relation)) from lab.relations group by name";
    }

    /** Once per database, before the changeset. */
    static void remember(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery("select to_regnamespace('lab') is null")) {
            found.next();
            if (!found.getBoolean(1)) {
                return;
            }
        }
        LabServers.run(connection, REMEMBER);
    }

    /** The strongest mode per table that a session holds or waits for. */
    Map<String, LockMode> locks(int process) throws SQLException {
        Map<String, LockMode> strongest = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(LOCKS)) {
            statement.setInt(1, process);
            ResultSet rows = statement.executeQuery();
            while (rows.next()) {
                LockMode mode = LockMode.of(rows.getString(2));
                strongest.merge(rows.getString(1), mode, (one, other) -> one.compareTo(other) < 0 ? other : one);
            }
        }
        return strongest;
    }

    /** How much was read of each table up to now. */
    Map<String, Long> read() throws SQLException {
        return numbers(read);
    }

    /** The tables of which all rows were read since. */
    Set<String> scannedSince(Map<String, Long> before) throws SQLException {
        Map<String, Long> after = read();
        Set<String> scanned = new TreeSet<>();
        numbers(ROWS).forEach((table, rows) -> {
            if (after.getOrDefault(table, 0L) - before.getOrDefault(table, 0L) >= rows) {
                scanned.add(table);
            }
        });
        return scanned;
    }

    Set<String> rewritten() throws SQLException {
        Set<String> rewritten = new TreeSet<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(REWRITTEN)) {
            while (rows.next()) {
                rewritten.add(rows.getString(1));
            }
        }
        return rewritten;
    }

    private Map<String, Long> numbers(String sql) throws SQLException {
        Map<String, Long> numbers = new HashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                numbers.put(rows.getString(1), rows.getLong(2));
            }
        }
        return numbers;
    }
}
