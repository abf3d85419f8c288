package io.gatehouse.db.lint;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import liquibase.ChecksumVersion;
import liquibase.Scope;
import liquibase.changelog.ChangeLogParameters;
import liquibase.exception.LiquibaseException;
import liquibase.parser.ChangeLogParserFactory;
import liquibase.resource.DirectoryResourceAccessor;
import liquibase.resource.ResourceAccessor;
import liquibase.ui.LoggerUIService;

/**
 * {@code db/checksums.txt}: what Liquibase made of each changeset when it landed. Liquibase itself notices an edit only
 * where the changeset was applied, which is too late. Neither comment nor rollback is part of it. Stateless.
 */
public final class Checksums {

    private static final String FILE = "db/checksums.txt";

    private Checksums() {}

    /** What was edited, has gone, or is not frozen yet; empty when all is well. */
    public static List<String> findings(Path db) {
        Map<String, String> frozen = frozen(db);
        List<String> findings = new ArrayList<>();
        List<String> ids = new ArrayList<>();
        for (ChangeFile file : inOrder(db)) {
            String id = file.expectedId();
            ids.add(id);
            String now = of(db, file);
            String then = frozen.get(id);
            if (then == null) {
                findings.add(file + " is not frozen: when it is ready to land, add this line to " + FILE + ": " + id
                        + " " + now);
            } else if (!then.equals(now)) {
                findings.add(file + " was edited after it was frozen (" + FILE
                        + "); restore it and write a new changeset with ./gatehouse db new");
            }
        }
        frozen.keySet().stream()
                .filter(id -> !ids.contains(id))
                .forEach(id -> findings.add(FILE + ": the file of " + id + " has gone; restore it: databases have it"));
        if (findings.isEmpty() && !List.copyOf(frozen.keySet()).equals(ids)) {
            findings.add(FILE + ": its lines are in another order than db/changelog.yaml; sort them");
        }
        return findings;
    }

    private static List<ChangeFile> inOrder(Path db) {
        ChangelogFolder folder = ChangelogFolder.read(db);
        return folder.included().stream()
                .flatMap(name ->
                        folder.files().stream().filter(file -> file.name().equals(name)))
                .toList();
    }

    private static Map<String, String> frozen(Path db) {
        Map<String, String> lines = new LinkedHashMap<>();
        try {
            for (String line : Files.readAllLines(db.resolve("checksums.txt"))) {
                if (!line.isBlank() && !line.startsWith("#")) {
                    String[] parts = line.split(" ", 2);
                    lines.put(parts[0], parts[1]);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return lines;
    }

    /** By Liquibase's own reading of the file, under the path that it has on the class path. */
    private static String of(Path db, ChangeFile file) {
        try {
            // Holds nothing open between calls.
            ResourceAccessor files =
                    new DirectoryResourceAccessor(db.toAbsolutePath().getParent());
            return Scope.child(
                    Map.of(Scope.Attr.ui.name(), new LoggerUIService()),
                    () -> ChangeLogParserFactory.getInstance()
                            .getParser(file.toString(), files)
                            .parse(file.toString(), new ChangeLogParameters(), files)
                            .getChangeSets()
                            .getFirst()
                            .generateCheckSum(ChecksumVersion.latest())
                            .toString());
        } catch (LiquibaseException e) {
            return "(Liquibase cannot read it: " + e.getMessage() + ")";
        } catch (Exception e) {
            throw new IllegalStateException(file.toString(), e);
        }
    }
}
