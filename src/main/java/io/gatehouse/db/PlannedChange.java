package io.gatehouse.db;

import java.util.List;

/**
 * A waiting changeset as it will run.
 *
 * @param file its path on the class path
 * @param transactional whether all its statements run in one transaction; else each commits by itself
 * @param statements as Liquibase splits them
 */
public record PlannedChange(String id, String file, boolean transactional, List<String> statements) {

    public PlannedChange {
        statements = List.copyOf(statements);
    }
}
