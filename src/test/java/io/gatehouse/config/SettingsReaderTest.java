package io.gatehouse.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.config.Settings.Address;
import io.gatehouse.config.Settings.Argon2;
import io.gatehouse.config.Settings.Listener;
import io.gatehouse.config.Settings.LogFormat;
import io.gatehouse.config.Settings.LogLevel;
import io.gatehouse.config.Settings.Login;
import io.gatehouse.config.Settings.Logs;
import io.gatehouse.config.Settings.Mode;
import io.gatehouse.config.Settings.Outgoing;
import io.gatehouse.config.Settings.Rate;
import io.gatehouse.config.Settings.Sessions;
import io.gatehouse.config.Settings.SslMode;
import io.gatehouse.config.Settings.Throttle;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsReaderTest {

    private static final Map<String, String> PRODUCTION = Map.of(
            "APP_ENV", "production",
            "APP_URL", "https://id.example.com",
            "COOKIE_SECRET", "0123456789abcdef0123456789abcdef",
            "POSTGRE_HOST", "db",
            "POSTGRE_PASSWORD", "x",
            "REDIS_HOST", "cache",
            "REDIS_PASSWORD", "y",
            "ECIES_PRIVATE_KEY", "42baf8d07a76dc28e53d9d91de8198e850286b5d584c44db83494074bbf8fe8a",
            "ECIES_PUBLIC_KEY", "03295140649f72362e6c07b7a932d1081f0f00d1ed0a6554d09c2c78f67f9a311e");

    @Test
    void everyDefaultIsPinned() {
        Settings settings = read(Map.of());

        assertThat(settings.mode()).isEqualTo(Mode.DEVELOPMENT);
        assertThat(settings.appUrl()).isEqualTo(URI.create("http://localhost:9876"));
        assertThat(settings.app()).isEqualTo(new Listener("127.0.0.1", 9876));
        assertThat(settings.ops()).isEqualTo(new Listener("127.0.0.1", 9877));
        assertThat(settings.dataDir()).isEqualTo(Path.of("var"));
        assertThat(settings.allowedOrigins()).isEmpty();
        assertThat(settings.trustedProxies()).isEmpty();
        assertThat(settings.cookies().secrets()).isEmpty();
        assertThat(settings.cookies().domain()).isEmpty();
        assertThat(settings.postgres().embedded()).isTrue();
        assertThat(settings.postgres().database()).isEqualTo("gatehouse");
        assertThat(settings.postgres().login()).isEqualTo(new Login("gatehouse", Secret.NONE));
        assertThat(settings.postgres().ddl()).isEqualTo(new Login("gatehouse", Secret.NONE));
        assertThat(settings.postgres().sslMode()).isEqualTo(SslMode.PREFER);
        assertThat(settings.postgres().poolSize()).isEqualTo(10);
        assertThat(settings.postgres().timeout()).isEqualTo(Duration.ofSeconds(2));
        assertThat(settings.redis().embedded()).isTrue();
        assertThat(settings.redis().database()).isEqualTo(10);
        assertThat(settings.redis().cluster()).isFalse();
        assertThat(settings.redis().retries()).isEqualTo(3);
        assertThat(settings.redis().keyPrefix()).isEmpty();
        assertThat(settings.redis().tls()).isFalse();
        assertThat(settings.redis().queueCommands()).isTrue();
        assertThat(settings.redis().timeout()).isEqualTo(Duration.ofMillis(250));
        assertThat(settings.snowflake().epoch()).isEqualTo(Instant.parse("2025-01-01T00:00:00.000Z"));
        assertThat(settings.snowflake().worker()).isEqualTo(OptionalInt.empty());
        assertThat(settings.sessions())
                .isEqualTo(new Sessions(Duration.ofDays(1), Duration.ofDays(30), Duration.ofDays(30)));
        assertThat(settings.throttle())
                .isEqualTo(new Throttle(
                        new Rate(60, Duration.ofMinutes(1)),
                        new Rate(20, Duration.ofSeconds(10)),
                        new Rate(10, Duration.ofMinutes(15)),
                        new Rate(100, Duration.ofMinutes(15))));
        assertThat(settings.passwords().argon2()).isEqualTo(new Argon2(65_536, 3, 4));
        assertThat(settings.passwords().leastLength()).isEqualTo(8);
        assertThat(settings.passwords().peppers()).isEmpty();
        assertThat(settings.sealing()).isEqualTo(new Settings.Sealing(Secret.NONE, List.of()));
        assertThat(settings.logs()).isEqualTo(new Logs(LogLevel.INFO, LogFormat.PRETTY, true, Optional.empty()));
        assertThat(settings.outgoing())
                .isEqualTo(Map.of(
                        "webhook",
                        new Outgoing(
                                Duration.ofSeconds(2),
                                Duration.ofSeconds(5),
                                Duration.ofSeconds(10),
                                32,
                                65_536,
                                0,
                                List.of(),
                                List.of())));
    }

    @Test
    void outgoingHostsAndAddressesAreChecked() {
        Map<String, String> right = Map.of(
                "OUTGOING_WEBHOOK_ALLOWED_HOSTS", "api.example.com, *.hooks.example.com,10.0.0.1,fd00::1",
                "OUTGOING_WEBHOOK_ALLOWED_ADDRESSES", "10.0.0.0/8, ::1");
        Outgoing webhook = Objects.requireNonNull(read(right).outgoing().get("webhook"));
        assertThat(webhook.allowedHosts())
                .containsExactly("api.example.com", "*.hooks.example.com", "10.0.0.1", "fd00::1");
        assertThat(webhook.allowedAddresses())
                .containsExactly(
                        Cidr.parse("10.0.0.0/8").orElseThrow(),
                        Cidr.parse("::1").orElseThrow());

        Map<String, String> wrong = Map.of(
                "OUTGOING_WEBHOOK_CONNECT_TIMEOUT_MS", "20000",
                "OUTGOING_WEBHOOK_ALLOWED_HOSTS", "https://api.example.com,a.*.example.com",
                "OUTGOING_WEBHOOK_ALLOWED_ADDRESSES", "localhost");
        assertThat(problems(wrong))
                .containsExactly(
                        "OUTGOING_WEBHOOK_CONNECT_TIMEOUT_MS is longer than OUTGOING_WEBHOOK_TIMEOUT_MS; make it the"
                                + " shorter of the two",
                        "OUTGOING_WEBHOOK_ALLOWED_HOSTS holds \"https://api.example.com\"; write names or addresses such"
                                + " as api.example.com or *.example.com",
                        "OUTGOING_WEBHOOK_ALLOWED_HOSTS holds \"a.*.example.com\"; write names or addresses such as"
                                + " api.example.com or *.example.com",
                        "OUTGOING_WEBHOOK_ALLOWED_ADDRESSES holds \"localhost\"; write addresses or ranges such as"
                                + " 10.0.0.0/8 or fd00::/8");
    }

    @Test
    void sampleFileNamesEveryKeyAndChangesNothing(@TempDir Path folder) throws Exception {
        Files.copy(Path.of(".env.sample"), folder.resolve(".env"));
        Map<String, String> sample = new Environment(folder, Map.of()).values();

        Inspection defaults = SettingsReader.inspect(Map.of(), Clock.systemUTC());

        assertThat(sample.keySet()).isEqualTo(defaults.shown().keySet());
        assertThat(read(sample)).isEqualTo(defaults.settings());
    }

    @Test
    void everyProblemIsReportedAtOnceWithItsKey() {
        Map<String, String> wrong = Map.of(
                "APP_PORT", "70000",
                "APP_URL", "localhost:9876",
                "POSTGRE_TIMEOUT_MS", "soon",
                "REDIS_TLS", "yes",
                "SNOWFLAKE_EPOCH", "2100-01-01T00:00:00Z",
                "SESSION_IDLE_TTL", "2592001",
                "LOG_LEVEL", "loud",
                "ALLOWED_ORIGINS", "https://a.example.com/path");

        List<String> problems = SettingsReader.inspect(wrong, Clock.systemUTC()).problems();

        assertThat(problems)
                .extracting(problem -> problem.split(" ", 2)[0])
                .containsExactlyInAnyOrderElementsOf(wrong.keySet());
        assertThatThrownBy(() -> read(wrong))
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessageContaining("8 problems")
                .hasMessageContaining("APP_PORT is \"70000\"; use a whole number from 0 to 65535")
                .hasMessageContaining("LOG_LEVEL is \"loud\"; use one of debug, error, fatal, info, trace, warn");
    }

    @Test
    void keysThatAreNoPairAreRefused() {
        Map<String, String> values = new HashMap<>(PRODUCTION);
        values.put("ECIES_PUBLIC_KEY", "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798");
        values.put(
                "ECIES_PREVIOUS_PRIVATE_KEYS",
                "1," + "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");

        assertThat(problems(values))
                .containsExactly(
                        "ECIES_PUBLIC_KEY does not belong to ECIES_PRIVATE_KEY; set both from one pair",
                        "ECIES_PREVIOUS_PRIVATE_KEYS is no secp256k1 private key; write 32 bytes in hex, as"
                                + " ./gatehouse keys does",
                        "ECIES_PREVIOUS_PRIVATE_KEYS is no secp256k1 private key; write 32 bytes in hex, as"
                                + " ./gatehouse keys does");
    }

    @Test
    void productionRefusesTrivialKeys() {
        Map<String, String> values = new HashMap<>(PRODUCTION);
        values.put("ECIES_PRIVATE_KEY", "0".repeat(63) + "1");
        values.put("ECIES_PUBLIC_KEY", "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798");

        assertThat(problems(values))
                .containsExactly(
                        "ECIES_PRIVATE_KEY is a number that anybody would try; ./gatehouse keys prints a random"
                                + " one");
    }

    /** Commands would seal everything anew with a key that nobody keeps. */
    @Test
    void previousKeysNeedACurrentOne() {
        assertThat(problems(Map.of(
                        "ECIES_PREVIOUS_PRIVATE_KEYS",
                        "42baf8d07a76dc28e53d9d91de8198e850286b5d584c44db83494074bbf8fe8a")))
                .containsExactly("ECIES_PRIVATE_KEY is missing; ./gatehouse keys prints a fresh pair");
    }

    @Test
    void productionRefusesMissingKeysAndWeakHashesAndShortPeppers() {
        Map<String, String> values = new HashMap<>(PRODUCTION);
        values.put("ECIES_PRIVATE_KEY", "");
        values.put("ECIES_PUBLIC_KEY", "");
        values.put("ARGON2_MEMORY_KIB", "19455");
        values.put("ARGON2_TIME_COST", "2");
        values.put("PASSWORD_PEPPERS", "a:short");

        assertThat(problems(values))
                .extracting(problem -> problem.split(" ", 2)[0])
                .containsExactlyInAnyOrder(
                        "ECIES_PRIVATE_KEY", "ECIES_PUBLIC_KEY", "ARGON2_MEMORY_KIB", "PASSWORD_PEPPERS");
        values.put("APP_ENV", "development");
        assertThat(problems(values)).isEmpty();
    }

    @Test
    void peppersHaveAnIdOfTheirOwn() {
        assertThat(read(Map.of("PASSWORD_PEPPERS", "b:with:colon, a:x"))
                        .passwords()
                        .peppers())
                .containsExactly(
                        new Settings.Pepper("b", new Secret("with:colon")), new Settings.Pepper("a", new Secret("x")));
        assertThat(read(Map.of("PASSWORD_PEPPERS", "b:y,a:x")).passwords().pepper())
                .contains("b");
        assertThat(read(Map.of("PASSWORD_PEPPERS", "-,a:x")).passwords().pepper())
                .isEmpty();
        assertThat(read(Map.of("PASSWORD_PEPPERS", "-,a:x")).passwords().peppers())
                .hasSize(1);
        assertThat(problems(Map.of("PASSWORD_PEPPERS", "a:x,-"))).hasSize(1);
        assertThat(problems(Map.of("PASSWORD_PEPPERS", "a:x,a:y"))).hasSize(1);
        assertThat(problems(Map.of("PASSWORD_PEPPERS", "nine-char:x"))).hasSize(1);
        assertThat(problems(Map.of("PASSWORD_PEPPERS", "hunter22")))
                .hasSize(1)
                .noneMatch(it -> it.contains("hunter22"));
    }

    private static List<String> problems(Map<String, String> values) {
        return SettingsReader.inspect(values, Clock.systemUTC()).problems();
    }

    @Test
    void productionRefusesSamplesAndEmbeddedStores() {
        Map<String, String> values = Map.of("NODE_ENV", "production", "COOKIE_SECRET", "YOUR_COOKIE_SECRET");

        assertThat(SettingsReader.inspect(values, Clock.systemUTC()).problems())
                .anyMatch(problem -> problem.startsWith("APP_URL is missing"))
                .anyMatch(problem -> problem.startsWith("COOKIE_SECRET is a sample value"))
                .anyMatch(problem -> problem.startsWith("POSTGRE_HOST is missing"))
                .anyMatch(problem -> problem.startsWith("REDIS_HOST is missing"));
    }

    @Test
    void productionTakesGoodSettings() {
        Settings settings = read(PRODUCTION);

        assertThat(settings.production()).isTrue();
        assertThat(settings.https()).isTrue();
        assertThat(settings.app().host()).isEqualTo("0.0.0.0");
        assertThat(settings.logs().format()).isEqualTo(LogFormat.JSON);
    }

    @Test
    void problemsDoNotRepeatWhatMayHoldASecret() {
        assertThat(SettingsReader.inspect(Map.of("APP_URL", "https://u:hush@x.org"), Clock.systemUTC())
                        .problems())
                .singleElement()
                .asString()
                .startsWith("APP_URL is no base URL")
                .doesNotContain("hush");
    }

    @Test
    void numbersAreAsciiDigitsAndPortsDiffer() {
        assertThat(SettingsReader.inspect(
                                Map.of("APP_PORT", "+99", "OPS_PORT", "\u0663", "REDIS_PORT", "1e3"), Clock.systemUTC())
                        .problems())
                .hasSize(3);
        assertThat(SettingsReader.inspect(Map.of("APP_PORT", "9877"), Clock.systemUTC())
                        .problems())
                .containsExactly("OPS_PORT is the same as APP_PORT; choose another");
    }

    @Test
    void shortCookieSecretIsRefusedInProduction() {
        Map<String, String> values = new HashMap<>(PRODUCTION);
        values.put("COOKIE_SECRET", "0123456789abcdef0123456789abcdef,short");

        assertThat(SettingsReader.inspect(values, Clock.systemUTC()).problems())
                .containsExactly("COOKIE_SECRET is shorter than 32 bytes; set a longer random one");
    }

    @Test
    void cookieDomainMustBeAParentOfTheHost() {
        Map<String, String> values = new HashMap<>(PRODUCTION);
        values.put("COOKIE_DOMAIN", "example.com");
        assertThat(SettingsReader.inspect(values, Clock.systemUTC()).problems()).isEmpty();

        for (String wrong : Set.of("com", "example.org", "xample.com")) {
            values.put("COOKIE_DOMAIN", wrong);
            assertThat(SettingsReader.inspect(values, Clock.systemUTC()).problems())
                    .as(wrong)
                    .hasSize(1);
        }
    }

    @Test
    void severalHostsAreKeptInOrder() {
        Settings settings = read(Map.of("POSTGRE_HOST", "a, b", "POSTGRE_PORT", "6000"));

        assertThat(settings.postgres().addresses()).containsExactly(new Address("a", 6000), new Address("b", 6000));
    }

    @Test
    void secretsAreMaskedWhereverSettingsAreShown() {
        Inspection found = SettingsReader.inspect(PRODUCTION, Clock.systemUTC());

        assertThat(found.shown().get("COOKIE_SECRET")).isEqualTo("***");
        assertThat(found.settings().toString())
                .doesNotContain("0123456789abcdef")
                .doesNotContain("password=x");
    }

    private static Settings read(Map<String, String> values) {
        return SettingsReader.read(values, Clock.systemUTC());
    }
}
