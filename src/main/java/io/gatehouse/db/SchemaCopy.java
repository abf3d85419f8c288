package io.gatehouse.db;

import io.gatehouse.config.Settings.Postgres;
import io.gatehouse.db.Migrations.MigrationException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * The schema of one database made once more in another, empty one, without its rows: for looking at what changesets
 * would do. What PostgreSQL says of tables, constraints, indexes, views, functions, triggers, types and roles is
 * copied, and Liquibase's history with its rows; policies, rules and grants are not. Stateless.
 */
public final class SchemaCopy {

    /** Each row is a piece of SQL that makes something; written for PostgreSQL 13 to 18. */
    private static final String PARTS = resource("schema-copy.sql");

    private static final String HISTORY = "databasechangelog";

    private SchemaCopy() {}

    /**
     * Copies.
     *
     * @return what could not be copied, and why; empty when all was
     * @throws MigrationException when a database cannot be asked
     */
    public static List<String> make(Postgres from, Postgres to) {
        try (Connection source = DirectConnection.reader(from, from.ddl());
                Connection target = DirectConnection.owner(to)) {
            enter(schema(source), target);
            List<String> left = run(parts(source), target);
            if (exists(target, HISTORY)) {
                copyRows(source, target, HISTORY);
            }
            return left;
        } catch (SQLException e) {
            throw new MigrationException("The schema could not be copied: " + e.getMessage(), e);
        }
    }

    /** Quoted where it has to be. */
    private static String schema(Connection source) throws SQLException {
        try (Statement statement = source.createStatement();
                ResultSet row = statement.executeQuery("select quote_ident(current_schema())")) {
            String schema = row.next() ? row.getString(1) : null;
            if (schema == null) {
                throw new MigrationException("The role's search_path names no schema that it may use", null);
            }
            return schema;
        }
    }

    /** For this connection and all later ones: some parts name their schema, and all must agree on it. */
    private static void enter(String schema, Connection target) throws SQLException {
        try (Statement statement = target.createStatement()) {
            statement.execute("create schema if not exists " + schema);
            statement.execute("alter database " + target.getCatalog() + " set search_path = " + schema);
            statement.execute("set search_path = " + schema);
        }
    }

    private static List<String> parts(Connection source) throws SQLException {
        try (Statement statement = source.createStatement();
                ResultSet rows = statement.executeQuery(PARTS)) {
            List<String> parts = new ArrayList<>();
            while (rows.next()) {
                parts.add(rows.getString("sql"));
            }
            return parts;
        }
    }

    /** Parts may need others that come later, such as a function that a view calls: whatever failed is tried again. */
    private static List<String> run(List<String> parts, Connection target) throws SQLException {
        List<String> open = parts;
        List<String> failures = new ArrayList<>();
        try (Statement statement = target.createStatement()) {
            statement.execute("set check_function_bodies = off");
            // Nobody misses a copy after a power cut.
            statement.execute("set synchronous_commit = off");
            while (true) {
                List<String> failed = new ArrayList<>();
                failures.clear();
                for (String part : open) {
                    try {
                        statement.execute(part);
                    } catch (SQLException e) {
                        failed.add(part);
                        failures.add(part.lines().findFirst().orElse("") + ": " + e.getMessage());
                    }
                }
                if (failed.isEmpty() || failed.size() == open.size()) {
                    return failures;
                }
                open = failed;
            }
        }
    }

    private static boolean exists(Connection connection, String table) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("select to_regclass(?) is not null")) {
            statement.setString(1, table);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        }
    }

    private static void copyRows(Connection source, Connection target, String table) throws SQLException {
        try (Statement statement = source.createStatement();
                ResultSet rows = statement.executeQuery("select * from " + table)) {
            ResultSetMetaData columns = rows.getMetaData();
            String places = ", ?".repeat(columns.getColumnCount()).substring(2);
            try (PreparedStatement insert =
                    target.prepareStatement("insert into " + table + " values (" + places + ")")) {
                while (rows.next()) {
                    for (int i = 1; i <= columns.getColumnCount(); i++) {
                        insert.setObject(i, rows.getObject(i));
                    }
                    insert.executeUpdate();
                }
            }
        }
    }

    private static String resource(String name) {
        try (InputStream in = SchemaCopy.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is missing from the build");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
