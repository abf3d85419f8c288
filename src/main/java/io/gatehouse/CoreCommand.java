package io.gatehouse;

import io.gatehouse.command.Command;
import io.gatehouse.config.Secret;
import io.gatehouse.config.Settings;
import io.gatehouse.config.SettingsReader;
import io.gatehouse.job.Jobs;
import io.gatehouse.job.JobsCommand;
import io.gatehouse.user.UserCommand;
import io.gatehouse.webhook.WebhooksCommand;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A command that works with the rules of the service, on the stores of the running one or the configured ones. */
final class CoreCommand implements Command {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Map<String, String> environment;
    private final Clock clock;
    private final PrintStream out;
    private final Needs needs;
    private final Consumer<List<String>> check;
    private final BiFunction<Core, Settings, Command> command;

    /**
     * What a command cannot do without.
     *
     * @param patience nobody waits behind it: its statements may take longer than those of a request
     * @param key whether it opens or seals with these arguments, so that there has to be a key
     */
    private record Needs(boolean patience, Predicate<List<String>> key) {}

    private CoreCommand(
            Map<String, String> environment,
            Clock clock,
            PrintStream out,
            Needs needs,
            Consumer<List<String>> check,
            BiFunction<Core, Settings, Command> command) {
        this.environment = environment;
        this.clock = clock;
        this.out = out;
        this.needs = needs;
        this.check = check;
        this.command = command;
    }

    /** {@code user …}. */
    static CoreCommand user(Map<String, String> environment, Clock clock, PrintStream out) {
        return new CoreCommand(
                environment,
                clock,
                out,
                new Needs(false, UserCommand::opensFields),
                UserCommand::requireKnown,
                (core, settings) -> new UserCommand(core.users(), core.policy(), CoreCommand::password, out));
    }

    /** {@code jobs …}. */
    static CoreCommand jobs(Map<String, String> environment, Clock clock, PrintStream out) {
        return new CoreCommand(
                environment,
                clock,
                out,
                new Needs(true, arguments -> arguments.contains(JobTable.RESEAL)),
                arguments -> JobsCommand.requireKnown(arguments, JobTable.NAMES),
                (core, settings) -> new JobsCommand(
                        new Jobs(
                                JobTable.of(core, settings, clock),
                                core.leases(),
                                core.database(),
                                Core.processName(),
                                clock,
                                new SimpleMeterRegistry()),
                        out));
    }

    /** {@code webhooks …}. */
    static CoreCommand webhooks(Map<String, String> environment, Clock clock, PrintStream out) {
        return new CoreCommand(
                environment,
                clock,
                out,
                new Needs(true, WebhooksCommand::seals),
                WebhooksCommand::requireKnown,
                (core, settings) -> new WebhooksCommand(core.endpoints(), out));
    }

    /** What {@code db seed} does to accounts. */
    static CoreCommand seed(Map<String, String> environment, Clock clock, PrintStream out) {
        Needs nothing = new Needs(false, arguments -> false);
        return new CoreCommand(environment, clock, out, nothing, arguments -> {}, (core, settings) -> arguments -> {
            Secret password = SettingsReader.read(environment, clock).seedPassword();
            if (password.isEmpty()) {
                out.println("SEED_PASSWORD is missing; set it, or let ./gatehouse serve write one");
                return 1;
            }
            boolean holds = DevelopmentData.plant(core.users(), password);
            out.printf(
                    "Sign in with %s and %s%n",
                    DevelopmentData.EMAIL, holds ? "SEED_PASSWORD" : "its own password, which is not SEED_PASSWORD");
            return 0;
        });
    }

    @Override
    public int run(List<String> arguments) {
        check.accept(arguments);
        Settings read = SettingsReader.read(environment, clock);
        Settings settings = needs.patience() ? patient(read) : read;
        if (needs.key().test(arguments) && settings.sealing().privateKey().isEmpty()) {
            out.println("ECIES_PRIVATE_KEY is missing; nothing can be sealed, found or moved without it");
            return 1;
        }
        Deque<AutoCloseable> opened = new ArrayDeque<>();
        try (Stores stores = Stores.open(settings)) {
            Settings located = stores.settings();
            out.printf(
                    "Database %s on %s as %s%n",
                    located.postgres().database(),
                    located.postgres().hosts(", "),
                    located.postgres().login().user());
            try {
                Core core = Core.open(located, true, clock, new SimpleMeterRegistry(), opened);
                return command.apply(core, located).run(arguments);
            } finally {
                App.closeAll(opened);
            }
        }
    }

    private static Settings patient(Settings settings) {
        Settings.Postgres postgres = settings.postgres();
        return settings.with(postgres.with(postgres.poolSize(), PATIENCE), settings.redis());
    }

    // Error Prone knows JDK 22 to 24, which always give one; 25 gives none where the input is no terminal.
    @SuppressWarnings("SystemConsoleNull")
    private static String password() {
        @Nullable Console console = System.console();
        if (console != null && console.isTerminal()) {
            char[] typed = console.readPassword("Password: ");
            return typed == null ? "" : new String(typed);
        }
        try {
            String line = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
            return line == null ? "" : line;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
