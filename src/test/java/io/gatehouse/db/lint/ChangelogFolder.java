package io.gatehouse.db.lint;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The changeset files of {@code db/} and what {@code changelog.yaml} includes.
 *
 * @param root text of {@code changelog.yaml}
 * @param files those that exist, by name
 */
record ChangelogFolder(String root, List<ChangeFile> files) {

    private static final List<String> FOLDERS = List.of("adopt", "changes");
    private static final Pattern INCLUDE = Pattern.compile("(?m)^\\s*file:\\s*(\\S+)\\s*$");
    private static final String ROOT = "db/changelog.yaml";

    static ChangelogFolder read(Path db) {
        try {
            List<ChangeFile> files = new ArrayList<>();
            for (String folder : FOLDERS) {
                if (Files.exists(db.resolve(folder))) {
                    files.addAll(files(db, folder));
                }
            }
            return new ChangelogFolder(Files.readString(db.resolve("changelog.yaml")), List.copyOf(files));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<ChangeFile> files(Path db, String folder) throws IOException {
        try (Stream<Path> files = Files.list(db.resolve(folder))) {
            return files.map(file -> folder + "/" + file.getFileName())
                    .sorted()
                    .map(name -> ChangeFile.read(db, name))
                    .toList();
        }
    }

    /** Names of the files that are included, in that order. */
    List<String> included() {
        return INCLUDE.matcher(root).results().map(found -> found.group(1)).toList();
    }

    void check(Findings findings) {
        FOLDERS.forEach(folder -> numbers(
                files.stream().filter(file -> file.folder().equals(folder)).toList(), findings));
        includes(findings);
        FOLDERS.forEach(folder -> order(
                included().stream().filter(name -> name.startsWith(folder)).toList(), findings));
    }

    private static void numbers(List<ChangeFile> files, Findings findings) {
        int next = 1;
        for (ChangeFile file : files) {
            if (file.number().isEmpty()) {
                findings.add(file, "is not named NNNN_verb_object.sql", "rename it");
                continue;
            }
            int number = file.number().get();
            if (number < next) {
                findings.add(file, "has a number that another file has", "give it the next free one");
            } else if (number > next) {
                findings.add(file, "%04d is missing before it".formatted(next), "number the files without gaps");
            }
            next = number + 1;
        }
    }

    private void includes(Findings findings) {
        List<String> included = included();
        List<String> existing = files.stream().map(ChangeFile::name).toList();
        files.stream()
                .filter(file -> !included.contains(file.name()))
                .forEach(file -> findings.add(file, "is not included", "add its line to " + ROOT));
        included.stream()
                .filter(name -> !existing.contains(name))
                .forEach(name ->
                        findings.add(ROOT, "includes " + name + ", which is not there", "restore it or drop the line"));
        if (root.contains("includeAll")) {
            findings.add(ROOT, "includeAll skips what it does not know", "include each file by its name");
        }
    }

    private static void order(List<String> names, Findings findings) {
        for (int i = 1; i < names.size(); i++) {
            if (names.get(i).compareTo(names.get(i - 1)) <= 0) {
                findings.add(
                        ROOT,
                        "includes " + names.get(i) + " after " + names.get(i - 1),
                        "put each line once and in the order of the numbers");
            }
        }
    }
}
