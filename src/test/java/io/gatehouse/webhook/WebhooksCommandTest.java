package io.gatehouse.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.CommandRun;
import io.gatehouse.command.UsageException;
import io.gatehouse.support.LauncherProcess.Ran;
import io.gatehouse.support.TestService;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code ./gatehouse webhooks …} beside a service. */
class WebhooksCommandTest {

    private static final String URL = "https://hooks.example.com/in";

    @RegisterExtension
    private static final TestService SERVICE = new TestService();

    @TempDir
    private Path folder;

    @Test
    void anEndpointFromItsRegistrationToItsEnd() throws Exception {
        Ran added = CommandRun.run(
                folder, SERVICE.asEnvironment(), "webhooks", "add", URL, "--events", "user.banned,user.updated");
        assertThat(added.exitCode()).as(added.output()).isZero();
        assertThat(added.output()).contains("gets user.banned, user.updated").containsPattern("Secret whsec_\\S{44}\n");
        String secret = added.output().replaceAll("(?s).*Secret (\\S+)\n.*", "$1");
        String id = SERVICE.query("select id from webhook_endpoints where url = '%s'".formatted(URL));
        assertThat(SERVICE.query("select position(convert_to('%s', 'UTF8') in secret) from webhook_endpoints"
                        .formatted(secret.substring(6))))
                .as("sealed at rest")
                .isEqualTo("0");

        try (TestEndpoints beside = new TestEndpoints(SERVICE.database())) {
            assertThat(run(beside, 0, "list")).contains(id, "active", URL).doesNotContain("whsec_");
            assertThat(run(beside, 0, "pause", id)).contains("is paused");
            assertThat(run(beside, 0, "list")).contains("paused");
            assertThat(run(beside, 0, "resume", id)).contains("is active");
            assertThat(run(beside, 0, "rotate", id))
                    .containsPattern("Secret whsec_")
                    .doesNotContain(secret);
            assertThat(run(beside, 0, "deliveries", id, "--state", "waiting")).contains("ATTEMPTS");
            assertThat(run(beside, 0, "repeat", id)).contains("0 will be sent again");
            assertThat(run(beside, 1, "repeat", id, "1")).contains("0 will be sent again");
            assertThat(run(beside, 0, "remove", id)).contains("is removed");
            assertThat(run(beside, 1, "remove", id)).contains("no such endpoint");
            assertThat(run(beside, 1, "rotate", id)).contains("no such endpoint");
        }
    }

    @Test
    void withoutAKeyNothingIsSealed() throws Exception {
        Map<String, String> environment = new HashMap<>(SERVICE.asEnvironment());
        environment.put("ECIES_PRIVATE_KEY", "");
        Ran refused = CommandRun.run(folder, environment, "webhooks", "add", URL);

        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.output()).contains("ECIES_PRIVATE_KEY is missing");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "add",
                "add ftp://hooks.example.com",
                "add https://user:secret@hooks.example.com",
                "add /hook",
                "add https://hooks.example.com --events user.deleted",
                "list 1",
                "pause",
                "pause one",
                "deliveries 1 --state lost",
                "repeat 1 2 3",
                "forget 1"
            })
    void whatCannotBeMeantIsWrongUsage(String line) {
        List<String> arguments = line.isEmpty() ? List.of() : List.of(line.split(" ", -1));

        assertThatThrownBy(() -> WebhooksCommand.requireKnown(arguments))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("user.registered");
    }

    private static String run(TestEndpoints beside, int exitCode, String... arguments) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        assertThat(new WebhooksCommand(beside.rules(), out).run(List.of(arguments)))
                .isEqualTo(exitCode);
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
