package io.gatehouse.command;

import io.gatehouse.config.Settings;
import io.gatehouse.config.Settings.Postgres;
import io.gatehouse.db.Migrations;
import io.gatehouse.db.locks.LockAnalysis;
import io.gatehouse.db.locks.Report;
import io.gatehouse.db.locks.Verdict;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** {@code db …}: what DBAs do with the schema. Says first which database, host and role it acts on. */
public final class DbCommand implements Command {

    private static final String USAGE = """
            ./gatehouse db status | up | sql
            ./gatehouse db pending [--report [--json] [--fail-on brief|window]]
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
        announce(given);
        Postgres postgres = settings.postgres();
        Migrations migrations = new Migrations(postgres, settings.snowflake().epoch());
        return switch (given.action()) {
            case "up" -> up(migrations);
            case "sql" -> print(migrations.upSql());
            case "rollback-sql" -> print(migrations.downSql(given.count()));
            case "down" ->
                new DbDown(postgres, migrations, settings.dataDir(), out).run(given.count(), given.has("--yes"));
            case "fresh" -> fresh(migrations, given);
            case "seed" -> seed();
            case "pending" -> pending(migrations, given);
            default -> status(migrations, true);
        };
    }

    /** In front of SQL as a comment, because it may be run as it is; in JSON it is among the rest. */
    private void announce(DbArguments given) {
        if (!given.has("--json")) {
            Postgres postgres = settings.postgres();
            out.printf(
                    "%sDatabase %s on %s as %s%n",
                    given.action().endsWith("sql") ? "-- " : "",
                    postgres.database(),
                    postgres.hosts(", "),
                    postgres.ddl().user());
        }
    }

    private int pending(Migrations migrations, DbArguments given) {
        if (!given.has("--report")) {
            return status(migrations, false);
        }
        Postgres postgres = settings.postgres();
        Report report;
        try (ScratchDatabase scratch = ScratchDatabase.below(settings.dataDir())) {
            report = new LockAnalysis(postgres, scratch.settings()).of(migrations.planned());
        }
        if (given.has("--json")) {
            out.println(ReportJson.of(report, postgres));
        } else {
            ReportText.print(report, out);
        }
        // What was not copied was not looked at.
        boolean tooMuch = given.value("--fail-on")
                .map(limit -> !report.complete()
                        || report.verdict().compareTo(Verdict.valueOf(limit.toUpperCase(Locale.ROOT))) >= 0)
                .orElse(false);
        return tooMuch ? 1 : 0;
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
        if (!embedded && !given.value("--database").equals(Optional.of(name))) {
            return refuse("This database is not ours: add --database " + name + " if it may be emptied");
        }
        if (!given.has("--yes")) {
            return refuse("This drops everything in database " + name + "; add --yes");
        }
        migrations.fresh().forEach(id -> out.println("  applied  " + id));
        out.println("The schema is new and empty.");
        return given.has("--seed") ? seed() : 0;
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
