package io.gatehouse;

import io.gatehouse.command.Command;
import io.gatehouse.command.UsageException;
import io.gatehouse.config.Environment;
import io.gatehouse.config.Settings;
import io.gatehouse.config.Settings.LogFormat;
import io.gatehouse.config.SettingsReader;
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
import java.util.function.Consumer;

/**
 * {@code serve}: brings up the stores that are ours, then the service, and stops both in reverse on Ctrl-C or
 * SIGTERM.
 */
final class Serve implements Command {

    private static final String SEED_NAME = "Development";
    private static final String SEED_EMAIL = "dev@example.com";

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
        if (!settings.production()) {
            settings = withMissingSecrets();
        }
        Logging.install(settings.logs().level().name(), settings.logs().format() == LogFormat.JSON);
        try (Lifetime lifetime = new Lifetime()) {
            serve(settings, lifetime);
            lifetime.succeeded();
        }
        return 0;
    }

    private void serve(Settings settings, Lifetime lifetime) {
        if (settings.embedded()) {
            try (FolderLock lock = FolderLock.acquire(settings.dataDir(), "starting")) {
                serve(settings, lifetime, lock::describe);
            }
        } else {
            serve(settings, lifetime, address -> {});
        }
    }

    private void serve(Settings settings, Lifetime lifetime, Consumer<String> known) {
        try (Stores stores = Stores.open(settings)) {
            if (settings.postgres().embedded()) {
                new Migrations(stores.settings().postgres()).up();
            }
            try (App app = App.start(stores.settings(), clock, users -> seed(settings, users))) {
                String address = address(settings, app.port());
                known.accept(address);
                if (!settings.production()) {
                    announce(settings, app, address);
                }
                lifetime.awaitSignal();
            }
        }
    }

    /** The schema of an external database may not be there yet, and its accounts are not ours to make. */
    private static void seed(Settings settings, Users users) {
        if (settings.postgres().embedded()) {
            users.seed(SEED_NAME, SEED_EMAIL, settings.seedPassword().value());
        }
    }

    private void announce(Settings settings, App app, String address) {
        out.printf("%n  Gatehouse serves %s  (probes: http://localhost:%d/ready)%n", address, app.opsPort());
        if (settings.postgres().embedded()) {
            out.printf(
                    "  Sign in with     %s  %s%n",
                    SEED_EMAIL, settings.seedPassword().value());
        }
        out.printf("  Ctrl-C stops it%n%n");
    }

    /** Development only: production refuses to start without them. */
    private Settings withMissingSecrets() {
        List<String> made =
                environment.createMissing(Map.of("COOKIE_SECRET", () -> random(48), "SEED_PASSWORD", () -> random(12)));
        if (!made.isEmpty()) {
            out.println("Wrote " + String.join(" and ", made) + " to .env");
        }
        return SettingsReader.read(environment.values(), clock);
    }

    private static String random(int bytes) {
        byte[] random = new byte[bytes];
        new SecureRandom().nextBytes(random);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    }

    private static String address(Settings settings, int port) {
        String host = settings.app().host();
        return "http://" + (host.equals("0.0.0.0") || host.equals("127.0.0.1") ? "localhost" : host) + ":" + port;
    }
}
