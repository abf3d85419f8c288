package io.gatehouse;

import io.gatehouse.command.Command;
import io.gatehouse.command.ConfigCommand;
import io.gatehouse.command.DbCommand;
import io.gatehouse.command.IdCommand;
import io.gatehouse.command.KeysCommand;
import io.gatehouse.command.NewChange;
import io.gatehouse.command.UsageException;
import io.gatehouse.config.Environment;
import io.gatehouse.config.InvalidSettingsException;
import io.gatehouse.config.Settings;
import io.gatehouse.config.SettingsReader;
import io.gatehouse.db.DatabaseUnavailableException;
import io.gatehouse.db.Migrations.MigrationException;
import io.gatehouse.embedded.EmbeddedStoreException;
import io.gatehouse.http.HttpServer.ListenException;
import io.gatehouse.id.IdsUnavailableException;
import io.gatehouse.id.WorkerHeldException;
import io.gatehouse.log.LogFileException;
import io.gatehouse.log.Logging;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.slf4j.LoggerFactory;

/** Arguments to command. Exit codes: 0 done, 1 failed, 2 wrong usage. */
public final class Main {

    private static final String USAGE = """
            Usage: ./gatehouse COMMAND
              serve           starts the service, with stores of its own unless you name others
              test [args]     everything CI checks (args go to Maven)
              bench [--quick] [PART …]
                              measures: speed against a bare server, sign-ins, growth, memory
              config check    the settings in force, and every problem with them
              db …            the schema: status, pending, sql, up, down, rollback-sql, fresh, seed, new
              user add | ban | unban | role | sessions EMAIL, user find --phone NUMBER
                              what operators do to one account
              jobs list [NAME], jobs run NAME
                              scheduled jobs with their last runs, one run now
              webhooks …      who is told what happened: add, list, rotate, pause, resume, remove, deliveries, repeat
              keys            fresh COOKIE_SECRET, ECIES_PRIVATE_KEY and ECIES_PUBLIC_KEY
              id SNOWFLAKE    time, worker and sequence of an id
              jooq [--check]  regenerates jooq-gen from the changelogs, or compares""";

    private final Environment environment;
    private final Clock clock;
    private final PrintStream out;
    private final PrintStream errors;

    Main(Environment environment, Clock clock, PrintStream out, PrintStream errors) {
        this.environment = environment;
        this.clock = clock;
        this.out = out;
        this.errors = errors;
    }

    public static void main(String[] arguments) {
        // Until serve knows better: what commands have to say goes to their own output.
        Logging.install("warn", Logging.Form.PRETTY);
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        System.exit(new Main(Environment.ofProcess(), Clock.systemUTC(), out, System.err).run(List.of(arguments)));
    }

    /** Runs one command to its end, and gives its exit code. */
    int run(List<String> arguments) {
        try {
            if (arguments.isEmpty()) {
                throw new UsageException("a command is missing");
            }
            List<String> rest = arguments.subList(1, arguments.size());
            return switch (arguments.getFirst()) {
                case "serve" -> new Serve(environment, clock, out).run(rest);
                case "config" -> new ConfigCommand(environment, clock, out).run(rest);
                case "db" -> db(rest);
                case "user" ->
                    CoreCommand.user(environment.values(), clock, out).run(rest);
                case "jobs" ->
                    CoreCommand.jobs(environment.values(), clock, out).run(rest);
                case "webhooks" ->
                    CoreCommand.webhooks(environment.values(), clock, out).run(rest);
                case "keys" -> new KeysCommand(out).run(rest);
                case "id" -> new IdCommand(environment.values(), clock, out).run(rest);
                case "help", "--help", "-h" -> help();
                default -> throw new UsageException("there is no command " + arguments.getFirst());
            };
        } catch (UsageException e) {
            errors.println(e.getMessage() + System.lineSeparator() + USAGE);
            return 2;
        } catch (InvalidSettingsException
                | EmbeddedStoreException
                | MigrationException
                | ListenException
                | LogFileException
                | DatabaseUnavailableException
                | WorkerHeldException
                | IdsUnavailableException
                | UncheckedIOException e) {
            errors.println(e.getMessage());
            return 1;
        } catch (RuntimeException e) {
            LoggerFactory.getLogger(Main.class).error("a fault of ours, please report it", e);
            errors.println("Failed: " + e.getMessage());
            return 1;
        }
    }

    private int db(List<String> arguments) {
        DbCommand.requireKnown(arguments);
        if (arguments.getFirst().equals("new")) {
            return new NewChange(Path.of("db"), out).run(arguments);
        }
        Settings settings = SettingsReader.read(environment.values(), clock);
        try (Stores stores = Stores.openDatabase(settings)) {
            boolean ours = settings.postgres().embedded();
            Command seed = CoreCommand.seed(environment.values(), clock, out);
            return new DbCommand(stores.settings(), ours, seed, out).run(arguments);
        }
    }

    private int help() {
        out.println(USAGE);
        return 0;
    }
}
