package io.gatehouse;

import io.gatehouse.command.Command;
import io.gatehouse.command.KeysCommand;
import io.gatehouse.command.UsageException;
import io.gatehouse.config.Environment;
import io.gatehouse.config.Inspection;
import io.gatehouse.config.InvalidSettingsException;
import io.gatehouse.config.Settings;
import io.gatehouse.config.Settings.LogFormat;
import io.gatehouse.config.SettingsReader;
import io.gatehouse.crypto.EciesKey;
import io.gatehouse.db.Migrations;
import io.gatehouse.embedded.FolderLock;
import io.gatehouse.log.Logging;
import io.gatehouse.user.Users;
import java.io.PrintStream;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code serve}: brings up the stores that are ours, then the service, and stops both in reverse on Ctrl-C or
 * SIGTERM.
 */
final class Serve implements Command {

    private static final Logger log = LoggerFactory.getLogger(Serve.class);

    private final Environment environment;
    private final Clock clock;
    private final PrintStream out;

    Serve(Environment environment, Clock clock, PrintStream out) {
        this.environment = environment;
        this.clock = clock;
        this.out = out;
    }

    @Override
    public int run(List<String> arguments) {
        if (!arguments.isEmpty()) {
            throw new UsageException("./gatehouse serve");
        }
        Settings settings = SettingsReader.read(environment.values(), clock);
        // The last lines are written before the lifetime ends, which ends the process.
        try (Lifetime lifetime = new Lifetime();
                Logging.Lines lines = lines(settings.logs())) {
            Hangup.then(this::readLevelAgain);
            serve(settings, lifetime, lines);
            lifetime.succeeded();
        }
        return 0;
    }

    private Logging.Lines lines(Settings.Logs logs) {
        Logging.Form pretty = logs.colours() ? Logging.Form.COLOURED : Logging.Form.PRETTY;
        return Logging.start(
                logs.level().name(), logs.format() == LogFormat.JSON ? Logging.Form.JSON : pretty, logs.file(), clock);
    }

    /** A level that nobody can mean keeps the one in force. What else has changed waits for the next start. */
    private void readLevelAgain() {
        String before = Logging.level();
        try {
            Logging.level(SettingsReader.logLevel(environment.values()));
            log.atWarn()
                    .addKeyValue("from", before)
                    .addKeyValue("to", Logging.level())
                    .log("log level read again");
        } catch (InvalidSettingsException e) {
            log.atWarn().addKeyValue("cause", e.getMessage()).log("log level not changed");
        }
    }

    /** Where stores of ours are involved, one service to a folder; the lock comes before anything is written. */
    private void serve(Settings settings, Lifetime lifetime, Logging.Lines lines) {
        if (settings.embedded()) {
            try (FolderLock lock = FolderLock.acquire(settings.dataDir(), "starting")) {
                serve(complete(settings), lifetime, lines, lock::describe);
            }
        } else {
            serve(complete(settings), lifetime, lines, address -> {});
        }
    }

    /** Development gets the secrets that it lacks; production refuses to start without them. */
    private Settings complete(Settings settings) {
        if (!settings.production()) {
            SecureRandom random = new SecureRandom();
            List<String> made = environment.createMissing(Map.of(
                    "COOKIE_SECRET", () -> KeysCommand.cookieSecret(random),
                    "ECIES_PRIVATE_KEY", () -> EciesKey.generate(random).privateHex(),
                    "SEED_PASSWORD", () -> seedPassword(random)));
            if (!made.isEmpty()) {
                out.println("Wrote " + String.join(", ", made) + " to .env");
            }
        }
        Inspection found = SettingsReader.inspect(environment.values(), clock);
        found.warnings().forEach(log::warn);
        return found.orThrow();
    }

    private static String seedPassword(SecureRandom random) {
        byte[] bytes = new byte[12];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private void serve(Settings settings, Lifetime lifetime, Logging.Lines lines, Consumer<String> known) {
        try (Ops ops = Ops.start(settings, clock, lines::dropped);
                Stores stores = Stores.open(settings)) {
            if (settings.postgres().embedded() && !lifetime.ending()) {
                new Migrations(
                                stores.settings().postgres(),
                                settings.snowflake().epoch())
                        .up();
            }
            if (lifetime.ending()) {
                log.info("told to stop before serving");
                return;
            }
            Seed seed = new Seed();
            try (App app = App.start(stores.settings(), clock, ops, seed.planting(settings))) {
                String address = address(settings, app.port());
                known.accept(address);
                if (!settings.production()) {
                    announce(app, address, seed.signIn(settings));
                }
                lifetime.awaitSignal();
                app.drain();
            }
        }
    }

    private void announce(App app, String address, String signIn) {
        // In one piece: log lines are written by another thread.
        out.print("%n  Gatehouse serves %s  (probes: http://localhost:%d/ready)%n%s  Ctrl-C stops it%n%n"
                .formatted(address, app.opsPort(), signIn));
    }

    /** The development account. An external database's accounts are not ours to make. */
    private static final class Seed {

        private boolean passwordHolds;

        Optional<Consumer<Users>> planting(Settings settings) {
            return settings.postgres().embedded()
                    ? Optional.of(users -> passwordHolds = DevelopmentData.plant(users, settings.seedPassword()))
                    : Optional.empty();
        }

        /** A line for people; empty where there is no such account. */
        String signIn(Settings settings) {
            if (!settings.postgres().embedded()) {
                return "";
            }
            String password =
                    passwordHolds ? settings.seedPassword().value() : "(it has another password than SEED_PASSWORD)";
            return "  Sign in with     %s  %s%n".formatted(DevelopmentData.EMAIL, password);
        }
    }

    private static String address(Settings settings, int port) {
        String host = settings.app().host();
        return "http://" + (host.equals("0.0.0.0") || host.equals("127.0.0.1") ? "localhost" : host) + ":" + port;
    }
}
