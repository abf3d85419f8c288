package io.gatehouse.command;

import io.gatehouse.config.Settings;
import io.gatehouse.config.Settings.Postgres;
import io.gatehouse.db.Migrations;
import java.io.PrintStream;
import java.util.List;

/** {@code db …}: what DBAs do with the schema. Says first which database, host and role it acts on. */
public final class DbCommand implements Command {

    private static final String USAGE = """
            ./gatehouse db status | pending | up | sql
            ./gatehouse db down [N] [--yes] | rollback-sql [N]
            ./gatehouse db fresh [--seed] --yes [--database NAME]
            ./gatehouse db seed
            ./gatehouse db new NAME""";

    private final Settings settings;
    private final boolean embedded;
    private final Command seeding;
    private final PrintStream out;

    /**
     * @param settings with the database's real address
     * @param embedded whether the database is ours
     * @param seeding makes development data
     */
    public DbCommand(Settings settings, boolean embedded, Command seeding, PrintStream out) {
        this.settings = settings;
        this.embedded = embedded;
        this.seeding = seeding;
        this.out = out;
    }

    /** Refuses arguments that {@link #run} would, before any store is started for them. */
    public static void requireKnown(List<String> arguments) {
        if (DbArguments.parse(arguments).isEmpty()) {
            throw new UsageException(USAGE);
        }
    }

    @Override
    public int run(List<String> arguments) {
        DbArguments given = DbArguments.parse(arguments).orElseThrow(() -> new UsageException(USAGE));
        Postgres postgres = settings.postgres();
        out.printf(
                "%sDatabase %s on %s as %s%n",
                // What is printed may be run as it is.
                given.action().endsWith("sql") ? "-- " : "",
                postgres.database(),
                postgres.hosts(", "),
                postgres.ddl().user());
        Migrations migrations = new Migrations(postgres);
        return switch (given.action()) {
            case "up" -> up(migrations);
            case "sql" -> print(migrations.upSql());
            case "rollback-sql" -> print(migrations.downSql(given.count()));
            case "down" -> new DbDown(postgres, migrations, settings.dataDir(), out).run(given.count(), given.yes());
            case "fresh" -> fresh(migrations, given);
            case "seed" -> seed();
            default -> status(migrations, given.action().equals("status"));
        };
    }

    private int status(Migrations migrations, boolean all) {
        Migrations.State state = migrations.state();
        if (all) {
            state.applied().forEach(id -> out.println("  applied  " + id));
        }
        state.waiting().forEach(id -> out.println("  waiting  " + id));
        state.unknown().forEach(id -> out.println("  unknown  " + id + " (a newer build has been here)"));
        out.println(
                state.waiting().isEmpty()
                        ? "Nothing waits."
                        : state.waiting().size() + " wait; apply them with ./gatehouse db up");
        return 0;
    }

    private int up(Migrations migrations) {
        List<String> applied = migrations.up();
        applied.forEach(id -> out.println("  applied  " + id));
        out.println(applied.isEmpty() ? "Nothing was waiting." : "The schema is current.");
        return 0;
    }

    private int print(String sql) {
        out.print(sql);
        return 0;
    }

    private int fresh(Migrations migrations, DbArguments given) {
        String name = settings.postgres().database();
        if (settings.production()) {
            return refuse("db fresh drops everything; it does not run in production");
        }
        if (!embedded && !given.database().equals(name)) {
            return refuse("This database is not ours: add --database " + name + " if it may be emptied");
        }
        if (!given.yes()) {
            return refuse("This drops everything in database " + name + "; add --yes");
        }
        migrations.fresh().forEach(id -> out.println("  applied  " + id));
        out.println("The schema is new and empty.");
        return given.seed() ? seed() : 0;
    }

    private int seed() {
        if (settings.production()) {
            return refuse("db seed makes accounts with known passwords; it does not run in production");
        }
        return seeding.run(List.of());
    }

    private int refuse(String why) {
        out.println(why);
        return 1;
    }
}
