package io.gatehouse.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.support.RedisMonitor;
import io.gatehouse.support.TestClient;
import io.gatehouse.support.TestService;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a request of a live session costs the stores. */
class OneRoundTripTest {

    private static final int REQUESTS = 1000;

    @RegisterExtension
    private static final TestService SERVICE = new TestService().withOwnRedis();

    @Test
    void aThousandRequestsAreAThousandScriptCallsAndNoQuery() throws Exception {
        TestClient client = SERVICE.client().signedIn("one@example.com");
        client.get("/api/session");
        String scansBefore = scans();
        long scriptsBefore = scriptCalls();

        List<String> commands;
        try (RedisMonitor monitor = new RedisMonitor(SERVICE.ownRedis())) {
            for (int i = 0; i < REQUESTS; i++) {
                assertThat(client.get("/api/session").status()).isEqualTo(200);
            }
            commands = ofRequests(monitor);
        }

        assertThat(commands).hasSize(REQUESTS).allMatch(command -> command.startsWith("\"EVALSHA\""));
        assertThat(scriptCalls() - scriptsBefore).isEqualTo(REQUESTS);
        assertThat(scans()).as("scans of users and sessions").isEqualTo(scansBefore);
    }

    @Test
    void aRequestWithoutSessionIsOneScriptCall() throws Exception {
        TestClient client = SERVICE.client();
        client.get("/api/session");

        try (RedisMonitor monitor = new RedisMonitor(SERVICE.ownRedis())) {
            assertThat(client.get("/api/session").code()).isEqualTo(40100);
            assertThat(client.with("Cookie", "session=made.up")
                            .get("/api/session")
                            .code())
                    .isEqualTo(40100);
            assertThat(ofRequests(monitor)).hasSize(2).allMatch(command -> command.startsWith("\"EVALSHA\""));
        }
    }

    /** Without the probe of health, which comes every few seconds, whoever asks for what. */
    private static List<String> ofRequests(RedisMonitor monitor) {
        return monitor.commandsOfClients().stream()
                .filter(command -> !command.startsWith("\"SET\"") || !command.contains("probe"))
                .toList();
    }

    private static long scriptCalls() {
        String stats = SERVICE.redisCommands(commands -> commands.info("commandstats"));
        return stats.lines()
                .filter(line -> line.startsWith("cmdstat_evalsha:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("cmdstat_evalsha:calls=(\\d+),.*", "$1")))
                .sum();
    }

    /** PostgreSQL's own count; a backend reports after a second of silence at the latest. */
    private static String scans() throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(1500);
        return SERVICE.query("select sum(seq_scan + coalesce(idx_scan, 0)) from pg_stat_user_tables"
                + " where relname in ('users', 'sessions')");
    }
}
