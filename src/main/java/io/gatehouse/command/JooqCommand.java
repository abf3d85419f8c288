package io.gatehouse.command;

import io.gatehouse.config.Settings.Postgres;
import io.gatehouse.db.JdbcUrl;
import io.gatehouse.db.JooqGenerator;
import io.gatehouse.db.Migrations;
import io.gatehouse.log.Logging;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * {@code jooq} and {@code jooq --check}: applies the changelogs to a fresh embedded PostgreSQL and generates
 * {@code jooq-gen/} from it, or compares. The launcher compiles this class alone, so that it works while other
 * code does not compile; it may therefore use only what stands in {@code db}, {@code embedded}, {@code config} and
 * {@code log}.
 */
public final class JooqCommand implements Command {

    private final Path work;
    private final Path committed;
    private final PrintStream out;

    /**
     * @param work a folder for the database server and the store's programs
     * @param committed where the generated classes belong
     */
    public JooqCommand(Path work, Path committed, PrintStream out) {
        this.work = work;
        this.committed = committed;
        this.out = out;
    }

    /** Entry point of the launcher; runs in the project's root. */
    public static void main(String[] arguments) {
        Logging.install("warn", Logging.Form.PRETTY);
        int code;
        try {
            code = new JooqCommand(Path.of("target", "jooq"), Path.of("jooq-gen"), System.out).run(List.of(arguments));
        } catch (UsageException e) {
            System.err.println("Usage: " + e.getMessage());
            code = 2;
        } catch (RuntimeException e) {
            System.err.println("Failed: " + e.getMessage());
            code = 1;
        }
        System.exit(code);
    }

    @Override
    public int run(List<String> arguments) {
        if (!arguments.isEmpty() && !arguments.equals(List.of("--check"))) {
            throw new UsageException("./gatehouse jooq [--check]");
        }
        return arguments.isEmpty() ? write() : check();
    }

    private int write() {
        generate(committed);
        out.println("jooq-gen is written; commit it together with the changelog.");
        return 0;
    }

    private int check() {
        Path fresh = work.resolve("fresh");
        generate(fresh);
        Set<Path> differing = differing(files(fresh), files(committed));
        differing.forEach(file -> out.println("  differs  " + file));
        out.println(
                differing.isEmpty()
                        ? "jooq-gen is what the changelogs give."
                        : "jooq-gen is stale: run ./gatehouse jooq and commit the result.");
        return differing.isEmpty() ? 0 : 1;
    }

    private void generate(Path target) {
        try (ScratchDatabase scratch = new ScratchDatabase(work.resolve("data"), work.resolve("bin"))) {
            Postgres database = scratch.settings();
            new Migrations(database).up();
            JooqGenerator.generate(
                    JdbcUrl.of(database),
                    database.login().user(),
                    database.login().password().value(),
                    target);
        }
    }

    private static Set<Path> differing(Map<Path, String> fresh, Map<Path, String> committed) {
        Set<Path> names = new TreeSet<>(fresh.keySet());
        names.addAll(committed.keySet());
        names.removeIf(name -> Optional.ofNullable(fresh.get(name)).equals(Optional.ofNullable(committed.get(name))));
        return names;
    }

    private static Map<Path, String> files(Path folder) {
        if (!Files.exists(folder)) {
            return Map.of();
        }
        Map<Path, String> contents = new TreeMap<>();
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                contents.put(folder.relativize(file), Files.readString(file));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + folder, e);
        }
        return contents;
    }
}
