package io.gatehouse.db.lint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A copy of {@code db/} to break. Not thread-safe. */
final class CopiedDb {

    private static final Path ORIGINAL = Path.of("db");

    private final Path folder;

    CopiedDb(Path parent) throws IOException {
        folder = parent.resolve("db");
        try (Stream<Path> all = Files.walk(ORIGINAL)) {
            for (Path file : all.toList()) {
                Files.copy(file, folder.resolve(ORIGINAL.relativize(file)));
            }
        }
    }

    Path folder() {
        return folder;
    }

    /** Replaces text that must be there. */
    void edit(String name, String before, String after) throws IOException {
        Path file = folder.resolve(name);
        String text = Files.readString(file);
        if (!text.contains(before)) {
            throw new IllegalArgumentException(name + " does not contain " + before);
        }
        Files.writeString(file, text.replace(before, after));
    }

    void delete(String name) throws IOException {
        Files.delete(folder.resolve(name));
    }

    /** Adds a file without including it. */
    void add(String name, String text) throws IOException {
        Files.createDirectories(folder.resolve(name).getParent());
        Files.writeString(folder.resolve(name), text);
    }

    /** Adds the next changeset as {@code db new} does, with the given attributes and lines of SQL and rollback. */
    String addChange(String attributes, String sql, String rollback) throws IOException {
        String name = "changes/%04d_try_something.sql"
                .formatted(ChangelogFolder.read(folder).files().stream()
                                .filter(file -> file.folder().equals("changes"))
                                .count()
                        + 1);
        include(name);
        add(name, """
                --liquibase formatted sql

                --changeset gatehouse:%s%s
                --comment: Tries something that locks nothing for long.
                %s
                %s
                """.formatted(new ChangeFile(name, "").expectedId(), attributes, sql, rolledBack(rollback)));
        return name;
    }

    void include(String name) throws IOException {
        Path root = folder.resolve("changelog.yaml");
        Files.writeString(root, Files.readString(root) + """
                  - include:
                      file: %s
                      relativeToChangelogFile: true
                """.formatted(name).indent(2));
    }

    private static String rolledBack(String sql) {
        return String.join(
                "\n",
                List.of(sql.split("\n", -1)).stream().map("--rollback "::concat).toList());
    }
}
