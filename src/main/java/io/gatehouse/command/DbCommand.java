package io.gatehouse.command;

import io.gatehouse.config.Settings.Address;
import io.gatehouse.config.Settings.Postgres;
import io.gatehouse.db.Migrations;
import java.io.PrintStream;
import java.util.List;
import java.util.stream.Collectors;

/** {@code db status} and {@code db up}: what waits for this database, and applying it. */
public final class DbCommand implements Command {

    private final Postgres postgres;
    private final PrintStream out;

    public DbCommand(Postgres postgres, PrintStream out) {
        this.postgres = postgres;
        this.out = out;
    }

    /** Refuses arguments that {@link #run} would, before any store is started for them. */
    public static void requireKnown(List<String> arguments) {
        if (!arguments.equals(List.of("status")) && !arguments.equals(List.of("up"))) {
            throw new UsageException("./gatehouse db status | up");
        }
    }

    @Override
    public int run(List<String> arguments) {
        requireKnown(arguments);
        out.printf(
                "Database %s on %s as %s%n",
                postgres.database(),
                postgres.addresses().stream().map(Address::text).collect(Collectors.joining(", ")),
                postgres.ddl().user());
        Migrations migrations = new Migrations(postgres);
        return arguments.equals(List.of("up")) ? up(migrations) : status(migrations);
    }

    private int status(Migrations migrations) {
        List<String> waiting = migrations.waiting();
        waiting.forEach(id -> out.println("  waiting  " + id));
        out.println(waiting.isEmpty() ? "Nothing waits." : "Apply with ./gatehouse db up");
        return 0;
    }

    private int up(Migrations migrations) {
        List<String> applied = migrations.up();
        applied.forEach(id -> out.println("  applied  " + id));
        out.println(applied.isEmpty() ? "Nothing was waiting." : "The schema is current.");
        return 0;
    }
}
