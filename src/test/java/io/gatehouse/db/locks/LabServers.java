package io.gatehouse.db.locks;

import io.gatehouse.config.Settings.Postgres;
import io.gatehouse.support.OtherPostgres;
import io.gatehouse.support.TestStores;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Databases for the changesets of the lab. To be registered as a static extension. Few databases are used again and
 * again: to drop one takes a checkpoint each, and longer than all that a changeset needs.
 */
final class LabServers implements BeforeAllCallback {

    private static final int EMBEDDED = 18;

    // Other schemas than public as well: who used the database may have made some.
    private static final String EMPTY = """
            do $$
            declare name text;
            begin
                for name in
                    select nspname from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema'
                loop
                    execute format('drop schema %I cascade', name);
                end loop;
            end $$;
            create schema public
            """;

    private final Map<String, Postgres> databases = new HashMap<>();
    private @Nullable ExtensionContext context;

    @Override
    public void beforeAll(ExtensionContext begun) {
        context = begun;
    }

    /** An empty database on the embedded version; until the next call. */
    Postgres scratch() throws SQLException {
        return emptied("scratch", EMBEDDED);
    }

    /**
     * A database with the tables of the lab and what a changeset needs beside; until the next call. A changeset that
     * needs nothing and is rolled back finds the one that all such share.
     */
    Postgres prepared(int version, LabChange change) throws SQLException {
        if (!change.transactional() || !change.setup().isEmpty()) {
            return filled(emptied("own", version), change.setup());
        }
        String shared = "shared" + version;
        if (!databases.containsKey(shared)) {
            databases.put(shared, filled(newDatabase(version), List.of()));
        }
        return databases.get(shared);
    }

    private static Postgres filled(Postgres database, List<String> setup) throws SQLException {
        try (Connection connection = TestStores.connect(database)) {
            run(connection, LabTables.SQL);
            for (String sql : setup) {
                run(connection, sql);
            }
            run(connection, LabTables.STATISTICS);
        }
        return database;
    }

    private Postgres emptied(String purpose, int version) throws SQLException {
        Postgres database = databases.computeIfAbsent(purpose + version, key -> newDatabase(version));
        try (Connection connection = TestStores.connect(database)) {
            run(connection, EMPTY);
        }
        return database;
    }

    private Postgres newDatabase(int version) {
        ExtensionContext begun = context;
        if (begun == null) {
            throw new IllegalStateException("No test has begun");
        }
        return version == EMBEDDED
                ? TestStores.of(begun).scratchDatabase()
                : OtherPostgres.of(begun, version).emptyDatabase();
    }

    static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
