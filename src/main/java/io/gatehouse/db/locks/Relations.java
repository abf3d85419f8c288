package io.gatehouse.db.locks;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The tables, views and sequences of a schema before anything was done to it, by object id, which a rename does not
 * change; indexes stand for their tables. Immutable.
 *
 * @param names relation or index → name of the table that a lock on it is about
 */
record Relations(Map<Long, String> names) {

    private static final String ALL = """
            select c.oid, coalesce(t.relname, c.relname)
              from pg_class c
              left join pg_index i on i.indexrelid = c.oid
              left join pg_class t on t.oid = i.indrelid
             where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S', 'i', 'I')""";

    Relations {
        names = Map.copyOf(names);
    }

    static Relations of(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(ALL)) {
            Map<Long, String> names = new HashMap<>();
            while (rows.next()) {
                names.put(rows.getLong(1), rows.getString(2));
            }
            return new Relations(names);
        }
    }

    /** Empty for what was made since, which nobody uses yet. */
    Optional<String> name(long oid) {
        return Optional.ofNullable(names.get(oid));
    }
}
