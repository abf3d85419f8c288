package io.gatehouse.db.locks;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** How large the relations of a target are. Immutable. */
record TableSizes(Map<String, Size> sizes) {

    /**
     * Estimated by the statistics, partitions together with their parent.
     *
     * @param rows -1 where nothing was ever counted
     * @param bytes with indexes and TOAST
     */
    record Size(long rows, long bytes) {}

    // Until 13 a table that was never analysed has 0 rows, which for one with pages means the same as -1 later.
    private static final String ALL = """
            select c.relname,
                   case when bool_or(p.reltuples < 0 or (p.reltuples = 0 and pg_relation_size(p.oid) > 0)) then -1
                        else sum(p.reltuples)::bigint end,
                   sum(pg_total_relation_size(p.oid))::bigint
              from pg_class c
              left join lateral pg_partition_tree(c.oid) t on c.relkind = 'p' and t.isleaf
              join pg_class p on p.oid = coalesce(t.relid, c.oid)
             where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
             group by c.oid, c.relname""";

    TableSizes {
        sizes = Map.copyOf(sizes);
    }

    static TableSizes of(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(ALL)) {
            Map<String, Size> sizes = new HashMap<>();
            while (rows.next()) {
                sizes.put(rows.getString(1), new Size(rows.getLong(2), rows.getLong(3)));
            }
            return new TableSizes(sizes);
        }
    }

    /** Empty when the target has no such relation. */
    Optional<Size> of(String relation) {
        return Optional.ofNullable(sizes.get(relation));
    }
}
