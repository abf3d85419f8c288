package io.gatehouse.db;

import io.gatehouse.config.Settings.Postgres;
import io.gatehouse.db.Migrations.MigrationException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import java.util.TreeSet;

/** Which columns a database has, and how much is in them. Reads only, as the role for schema changes. Thread-safe. */
public final class SchemaContents {

    /** Counting more would keep a large table busy for nothing: it is enough to know that it is a lot. */
    private static final int MOST_COUNTED = 100_000;

    private static final int MOST_SECONDS = 10;
    private static final String TIMED_OUT = "57014";

    private static final String COLUMNS = """
            select table_name, column_name
              from information_schema.columns
             where table_schema = current_schema() and table_name not like 'databasechangelog%'""";

    private final Postgres database;

    public SchemaContents(Postgres database) {
        this.database = database;
    }

    /** A column of a table. */
    public record Column(String table, String name) implements Comparable<Column> {
        @Override
        public int compareTo(Column other) {
            return toString().compareTo(other.toString());
        }

        @Override
        public String toString() {
            return table + "." + name;
        }
    }

    /** All columns of all tables but Liquibase's. */
    public Set<Column> columns() {
        return asking(statement -> {
            Set<Column> columns = new TreeSet<>();
            try (ResultSet rows = statement.executeQuery(COLUMNS)) {
                while (rows.next()) {
                    columns.add(new Column(rows.getString(1), rows.getString(2)));
                }
            }
            return columns;
        });
    }

    /** How many rows a table has, as words: past a hundred thousand nobody counts. */
    public String rows(String table) {
        return counted("select 1 from " + quoted(table));
    }

    /** How many rows have a value in a column, in the same words. */
    public String values(Column column) {
        return counted("select 1 from " + quoted(column.table()) + " where " + quoted(column.name()) + " is not null");
    }

    private String counted(String rows) {
        return asking(statement -> {
            // Few values in a large table are found only by reading all of it.
            statement.setQueryTimeout(MOST_SECONDS);
            String bounded = "select count(*) from (%s limit %d) counted".formatted(rows, MOST_COUNTED);
            try (ResultSet row = statement.executeQuery(bounded)) {
                int count = row.next() ? row.getInt(1) : 0;
                return count < MOST_COUNTED ? Integer.toString(count) : MOST_COUNTED + " or more";
            } catch (SQLException e) {
                if (TIMED_OUT.equals(e.getSQLState())) {
                    return "uncounted (it takes more than " + MOST_SECONDS + " s)";
                }
                throw e;
            }
        });
    }

    private interface Question<T> {
        T to(Statement statement) throws SQLException;
    }

    private <T> T asking(Question<T> question) {
        try (Connection connection = DirectConnection.owner(database);
                Statement statement = connection.createStatement()) {
            connection.setReadOnly(true);
            return question.to(statement);
        } catch (SQLException e) {
            throw new MigrationException("The database cannot be asked: " + e.getMessage(), e);
        }
    }

    private static String quoted(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }
}
