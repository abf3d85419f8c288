package io.gatehouse.command;

import io.gatehouse.config.SettingsReader;
import io.gatehouse.id.LogIds;
import io.gatehouse.id.Snowflake;
import java.io.PrintStream;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** {@code id SNOWFLAKE}: what an id tells, for support. */
public final class IdCommand implements Command {

    private static final String USAGE = "./gatehouse id SNOWFLAKE (a positive number of at most 19 digits)";

    private final Map<String, String> environment;
    private final Clock clock;
    private final PrintStream out;

    public IdCommand(Map<String, String> environment, Clock clock, PrintStream out) {
        this.environment = environment;
        this.clock = clock;
        this.out = out;
    }

    @Override
    public int run(List<String> arguments) {
        if (arguments.size() != 1 || !arguments.getFirst().matches("[0-9]{1,19}")) {
            throw new UsageException(USAGE);
        }
        Instant epoch = SettingsReader.read(environment, clock).snowflake().epoch();
        Snowflake parts = Snowflake.of(parse(arguments.getFirst()));
        out.printf("time      %s%n", parts.time(epoch));
        out.printf(
                "worker    %d  (worker %d, process %d in @sapphire/snowflake)%n",
                parts.worker(), parts.sapphireWorker(), parts.sapphireProcess());
        out.printf("sequence  %d%n", parts.sequence());
        out.printf("as a log id (x-log-id, reqId) its time is %s%n", parts.time(LogIds.EPOCH));
        return 0;
    }

    private static long parse(String digits) {
        try {
            return Long.parseLong(digits);
        } catch (NumberFormatException e) {
            throw new UsageException(USAGE);
        }
    }
}
