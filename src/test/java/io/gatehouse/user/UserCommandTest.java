package io.gatehouse.user;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.CommandRun;
import io.gatehouse.support.ConcurrentTest;
import io.gatehouse.support.LauncherProcess;
import io.gatehouse.support.LauncherProcess.Ran;
import io.gatehouse.support.TestClient;
import io.gatehouse.support.TestService;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./gatehouse user …} beside a running service. */
class UserCommandTest {

    private static final String PASSWORD = "p\u00e4ssw\u00f6rter \u4e2d\u6587 lang genug";

    /** Commands must not ask for the number that the service has. */
    @RegisterExtension
    private static final TestService SERVICE = new TestService().with("SNOWFLAKE_WORKER_ID", "7");

    @TempDir
    private Path folder;

    @ConcurrentTest
    void addMakesAnAccountWithThePasswordOfStandardInput() throws Exception {
        Ran added = run(PASSWORD + "\n", "add", "made@example.com", "--name", "Grace Hopper", "--role", "admin");

        assertThat(added.exitCode()).as(added.output()).isZero();
        assertThat(added.output().lines().findFirst().orElse(""))
                .contains(
                        SERVICE.database().database(),
                        "127.0.0.1",
                        SERVICE.database().login().user());
        assertThat(added.output()).contains("made@example.com").doesNotContain(PASSWORD, "lang genug", "$argon2");
        assertThat(added.output())
                .doesNotContain(SERVICE.database().login().password().value());
        TestClient client = SERVICE.client()
                .with(
                        "Cookie",
                        SERVICE.client().login("made@example.com", PASSWORD).cookie());
        var user = client.get("/api/session").data().path("user");
        assertThat(user.path("name").stringValue()).isEqualTo("Grace Hopper");
        assertThat(user.path("roles"))
                .extracting(role -> role.stringValue())
                .containsExactlyInAnyOrder("user", "admin");

        Ran again = run("another password\n", "add", "MADE@example.com");
        assertThat(again.exitCode()).isEqualTo(1);
        assertThat(again.output()).contains("made@example.com").doesNotContain("another password");
        assertThat(SERVICE.client().login("made@example.com", PASSWORD).status())
                .isEqualTo(200);
    }

    @ConcurrentTest
    void addRefusesWhatTheApiWouldRefuse() throws Exception {
        Ran tooShort = run("hunter2\n", "add", "weak@example.com");
        Ran none = run("\n", "add", "weak@example.com");

        assertThat(tooShort.exitCode()).isEqualTo(1);
        assertThat(tooShort.output()).doesNotContain("hunter2", "Exception");
        assertThat(none.exitCode()).isEqualTo(1);
        assertThat(none.output()).doesNotContain("Exception");
        assertThat(SERVICE.query("select count(*) from users where email = 'weak@example.com'"))
                .isEqualTo("0");
    }

    @Test
    void banEndsSessionsAtOnceAndUnbanLetsInAgain() throws Exception {
        TestClient client = SERVICE.client().signedIn("bad@example.com");
        TestClient bystander = SERVICE.client().signedIn("good@example.com");
        assertThat(client.get("/api/session").status()).isEqualTo(200);
        assertThat(bystander.get("/api/session").status()).isEqualTo(200);

        Ran ban = run("", "ban", "bad@example.com");

        assertThat(ban.exitCode()).as(ban.output()).isZero();
        assertThat(client.get("/api/session").code()).isEqualTo(40102);
        assertThat(bystander.get("/api/session").status()).isEqualTo(200);
        assertThat(SERVICE.client().login("bad@example.com").code()).isEqualTo(40302);
        assertThat(SERVICE.client().login("bad@example.com", "not the password").code())
                .isEqualTo(40101);

        Ran unban = run("", "unban", "bad@example.com");

        assertThat(unban.exitCode()).as(unban.output()).isZero();
        assertThat(client.get("/api/session").code()).isEqualTo(40102);
        assertThat(SERVICE.client().login("bad@example.com").status()).isEqualTo(200);
    }

    @Test
    void aNewRoleIsSeenAtOnce() throws Exception {
        TestClient client = SERVICE.client().signedIn("promoted@example.com");
        assertThat(roles(client)).containsExactly("user");

        assertThat(run("", "role", "promoted@example.com", "admin").exitCode()).isZero();
        assertThat(roles(client)).containsExactlyInAnyOrder("user", "admin");
    }

    @Test
    void sessionsAreListedWithoutTheirTokens() throws Exception {
        TestClient client = SERVICE.client().with("User-Agent", "Browser/7.0").signedIn("watched@example.com");
        String id = client.get("/api/session").data().path("id").stringValue();
        String token = SERVICE.client().login("watched@example.com").cookie().substring("session=".length());

        Ran listed = run("", "sessions", "watched@example.com");

        assertThat(listed.exitCode()).as(listed.output()).isZero();
        assertThat(listed.output()).contains(id, "Browser/7.0", "127.0.0.1").doesNotContain(token.substring(0, 46));
    }

    @Test
    void unknownAccountsAreSaidAndWrongUsageStartsNothing() throws Exception {
        Ran unknown = run("", "ban", "nobody@example.com");
        assertThat(unknown.exitCode()).isEqualTo(1);
        assertThat(unknown.output()).contains("nobody@example.com").doesNotContain("Exception");

        for (String wrong : List.of(
                "",
                "ban",
                "frobnicate a@example.com",
                "add a@example.com --password secret",
                "find 123",
                "find --phone",
                "role a@example.com king")) {
            Ran usage = run("", wrong.split(" ", -1));
            assertThat(usage.exitCode()).as(wrong).isEqualTo(2);
            assertThat(usage.output()).as(wrong).contains("Usage").doesNotContain("Database ", "Exception");
        }
    }

    private static List<String> roles(TestClient client) {
        List<String> roles = new ArrayList<>();
        client.get("/api/session").data().path("user").path("roles").forEach(role -> roles.add(role.stringValue()));
        return roles;
    }

    private Ran run(String input, String... arguments) throws IOException, InterruptedException {
        Map<String, String> environment = SERVICE.asEnvironment();
        environment.put("SNOWFLAKE_WORKER_ID", "7");
        String[] line =
                Stream.concat(Stream.of("user"), Arrays.stream(arguments)).toArray(String[]::new);
        return input.isEmpty()
                ? CommandRun.run(folder, environment, line)
                : LauncherProcess.run(folder, environment, input, line);
    }
}
