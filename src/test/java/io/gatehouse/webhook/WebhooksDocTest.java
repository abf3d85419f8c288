package io.gatehouse.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.http.Json;
import io.gatehouse.webhook.Event.SessionCreated;
import io.gatehouse.webhook.Event.SessionRevoked;
import io.gatehouse.webhook.Event.UserBanned;
import io.gatehouse.webhook.Event.UserRegistered;
import io.gatehouse.webhook.Event.UserUpdated;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code docs/webhooks.md} shows what the code writes. */
class WebhooksDocTest {

    private static final Instant AT = Instant.parse("2026-01-02T03:04:05.678Z");
    private static final long USER = 241194380902400000L;
    private static final long SESSION = 241194380902400001L;

    private static final List<Event> EVENTS = List.of(
            new UserRegistered(USER, List.of("user")),
            new UserUpdated(USER, List.of("name", "phone")),
            new UserBanned(USER),
            new SessionCreated(SESSION, USER),
            new SessionRevoked(SESSION, USER, "logout"));

    @Test
    void theExamplesAreTheCodes() throws IOException {
        assertThat(EVENTS).extracting(Event::type).containsExactly(EventType.values());

        assertThat(blocks("json"))
                .containsExactlyElementsOf(EVENTS.stream()
                        .map(event -> new Outbox().payload(event, AT))
                        .toList());
    }

    @Test
    void theScheduleIsTheCodes() throws IOException {
        assertThat(doc()).contains("2, 5, 10, 20 s", "1, 5, 15, 40 min, 1, 2, 4, 8, 8 h", "2 to 5", "6 to 14");
        assertThat(Backoff.DELAYS)
                .extracting(Duration::toSeconds)
                .containsExactly(2L, 5L, 10L, 20L, 60L, 300L, 900L, 2400L, 3600L, 7200L, 14400L, 28800L, 28800L);
        assertThat(Backoff.IN_LINE).isEqualTo(5);
    }

    @Test
    void theVerificationInPythonVerifies(@TempDir Path folder) throws Exception {
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/python3")), "SKIPPED: there is no Python here");
        EndpointSecret secret = EndpointSecret.random(new SecureRandom());
        String body = new Outbox().payload(EVENTS.getFirst(), AT);
        Map<String, String> headers = Message.of(7, AT, body).headers(AT, List.of(secret));
        String script = blocks("python").getLast() + """

                import json, sys
                given = json.load(sys.stdin)
                at = int(given["headers"]["webhook-timestamp"])
                print(verify(given["secret"], given["headers"], given["body"].encode(), at + 299),
                      verify(given["secret"], given["headers"], given["body"].encode(), at + 301),
                      verify(given["secret"], given["headers"], given["body"].encode() + b" ", at))
                """;
        String input = new Json().text(Map.of("secret", secret.text(), "headers", headers, "body", body));
        Process python = new ProcessBuilder(
                        "/usr/bin/python3",
                        Files.writeString(folder.resolve("verify.py"), script).toString())
                .redirectErrorStream(true)
                .redirectInput(Files.writeString(folder.resolve("input"), input).toFile())
                .start();

        assertThat(python.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEqualTo("True False False\n");
    }

    private static String doc() throws IOException {
        return Files.readString(Path.of("docs", "webhooks.md"));
    }

    private static List<String> blocks(String language) throws IOException {
        return Pattern.compile("```" + language + "\n(.*?)\n```", Pattern.DOTALL)
                .matcher(doc())
                .results()
                .map((MatchResult block) -> block.group(1))
                .toList();
    }
}
