package io.gatehouse.command;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/** {@code db new NAME}: the next numbered changeset file, from a template, and its include line. */
public final class NewChange implements Command {

    private final Path folder;
    private final PrintStream out;

    /** @param folder {@code db} of the checkout */
    public NewChange(Path folder, PrintStream out) {
        this.folder = folder;
        this.out = out;
    }

    @Override
    public int run(List<String> arguments) {
        DbArguments given =
                DbArguments.parse(arguments).orElseThrow(() -> new UsageException("./gatehouse db new NAME"));
        out.println("Wrote " + write(given.operand()) + " and its line in db/changelog.yaml");
        out.println("Fill it in, then run ./gatehouse jooq and commit both with the code.");
        out.println("When it is ready to land, ./gatehouse test tells the line that freezes it in db/checksums.txt.");
        return 0;
    }

    private Path write(String name) {
        try {
            String stem = "%04d_%s".formatted(lastNumber() + 1, name.replace('-', '_'));
            Path file = folder.resolve("changes").resolve(stem + ".sql");
            Files.writeString(file, template(stem.replace('_', '-')), StandardOpenOption.CREATE_NEW);
            Files.writeString(
                    folder.resolve("changelog.yaml"),
                    "  - include:%n      file: changes/%s.sql%n      relativeToChangelogFile: true%n".formatted(stem),
                    StandardOpenOption.APPEND);
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "There is no db/changelog.yaml with changes/ beside it; run this in a checkout", e);
        }
    }

    private static String template(String id) {
        return """
            --liquibase formatted sql

            --changeset gatehouse:%s
            --comment: What this does, and how heavy it is: which lock, for how long, does it rewrite or scan?
            set local lock_timeout = '2s';

            -- An index on a table that is in use goes into a file of its own, as 0006_create_sessions_ended_at_idx.sql
            -- has it. A constraint is added NOT VALID here and validated by the next file. Every new table and column
            -- gets a COMMENT, which becomes Javadoc in jooq-gen. ./gatehouse test checks all that, and tells the line of
            -- db/checksums.txt that freezes this file; from then on it is not edited any more.

            --rollback set local lock_timeout = '2s';
            --rollback (what takes it back)
            """.formatted(id);
    }

    private int lastNumber() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("changes"))) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> name.matches("\\d{4}_.*\\.sql"))
                    .mapToInt(name -> Integer.parseInt(name.substring(0, 4)))
                    .max()
                    .orElse(0);
        }
    }
}
