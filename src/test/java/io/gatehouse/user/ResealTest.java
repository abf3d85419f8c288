package io.gatehouse.user;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.CommandRun;
import io.gatehouse.crypto.EciesKey;
import io.gatehouse.support.Await;
import io.gatehouse.support.LauncherProcess;
import io.gatehouse.support.LauncherProcess.Ran;
import io.gatehouse.support.TestClient;
import io.gatehouse.support.TestService;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** {@code jobs run reseal} beside a service that goes on. */
class ResealTest {

    private static final String NEW_KEY = "42baf8d07a76dc28e53d9d91de8198e850286b5d584c44db83494074bbf8fe8a";
    private static final String NEW_ID = EciesKey.parse(NEW_KEY).id();
    private static final String OLD_ID =
            EciesKey.parse(TestService.ECIES_PRIVATE_KEY).id();
    private static final int ACCOUNTS = 300;

    /** Seals with the old key still, and can open what the new one sealed: the first step of a change of keys. */
    @RegisterExtension
    private static final TestService SERVICE =
            new TestService().with("ECIES_PREVIOUS_PRIVATE_KEYS", NEW_KEY).with("POSTGRE_POOL_SIZE", "5");

    @TempDir
    private Path folder;

    /** Real ciphertexts, made by the service once and copied: what matters is how many rows there are. */
    @BeforeAll
    static void manyAccountsWithANumber() {
        SERVICE.client().signedIn("first@example.com").patch("/api/user/profile", "{\"phone\":\"+14155552671\"}");
        SERVICE.execute("""
                insert into users (id, name, email, password, phone_sealed, phone_index, phone_key_id)
                select n, 'Ada', n || '@example.com', password, phone_sealed, phone_index, phone_key_id
                from users, generate_series(1, %d) n
                where email = 'first@example.com'""".formatted(ACCOUNTS));
    }

    @Test
    void allRowsMoveWhileTheServiceRunsAndAKilledRunGoesOn() throws Exception {
        // Told of nothing that happens here.
        Ran endpoint = CommandRun.run(
                folder,
                SERVICE.asEnvironment(),
                "webhooks",
                "add",
                "https://example.com/hook",
                "--events",
                "user.banned");
        assertThat(endpoint.exitCode()).as(endpoint.output()).isZero();
        AtomicBoolean done = new AtomicBoolean();
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> load = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                TestClient client = SERVICE.client().signedIn("busy" + i + "@example.com");
                load.add(clients.submit(() -> changeAndRead(client, done)));
            }
            try {
                try (LauncherProcess killed = LauncherProcess.start(
                        folder, ring(NEW_KEY, TestService.ECIES_PRIVATE_KEY), "", "jobs", "run", "reseal")) {
                    assertThat(Await.until(Duration.ofSeconds(60), () -> rows(NEW_ID) > 0))
                            .as(killed.said())
                            .isTrue();
                }
                long moved = rows(NEW_ID);
                assertThat(moved).isLessThan(ACCOUNTS);
                assertThat(moved + rows(OLD_ID)).isGreaterThanOrEqualTo(ACCOUNTS);
                assertThat(find("+14155552671").output()).contains((ACCOUNTS + 1) + " found");

                // So as not to wait for the lease of the killed one to end.
                SERVICE.execute("update jobs set leased_until = 'epoch'");
                Ran resumed = reseal();

                assertThat(resumed.output()).contains("Sealing anew under key " + NEW_ID, "sealed anew");
            } finally {
                done.set(true);
            }
            for (Future<Integer> each : load) {
                assertThat(each.get()).isGreaterThan(20);
            }
        }
        // The service went on sealing with the old key, so another run may find a row or two.
        Ran last = reseal();
        assertThat(last.exitCode()).as(last.output()).isZero();
        assertThat(rows(OLD_ID)).isZero();
        assertThat(rows(NEW_ID)).isGreaterThanOrEqualTo(ACCOUNTS + 1);
        assertThat(find("+14155552671").output()).contains((ACCOUNTS + 1) + " found");
        assertThat(last.output()).doesNotContain("4155552671", NEW_KEY);
        assertThat(SERVICE.query("select string_agg(secret_key_id, ' ') from webhook_endpoints"))
                .as("secrets of webhooks move, too")
                .isEqualTo(NEW_ID);
    }

    @Test
    void rowsOfAKeyThatIsNotOnTheRingAreNamed() throws Exception {
        String other = "03762ad3bd9ce16d35649c1c4f489b6865d09a39d130e3f1f5e1d7dfa1bbe627";
        Ran ran = CommandRun.run(folder, ring(other, ""), "jobs", "run", "reseal");

        assertThat(ran.exitCode()).isEqualTo(1);
        assertThat(ran.output()).contains("not on the ring; ECIES_PREVIOUS_PRIVATE_KEYS lacks it");
    }

    @Test
    void withoutAKeyNothingIsTouched() throws Exception {
        Ran ran = CommandRun.run(folder, ring("", ""), "jobs", "run", "reseal");

        assertThat(ran.exitCode()).isEqualTo(1);
        assertThat(ran.output()).contains("ECIES_PRIVATE_KEY is missing");
    }

    /** Else each start of the job would read past everything that is done. */
    @Test
    void theNextRowsAreFoundByTheirOwnIndex() {
        SERVICE.execute("analyze users");
        String plan = SERVICE.query(
                "explain (format json) select id from users where (phone_key_id, id) > ('%s', 0)".formatted(OLD_ID)
                        + " and phone_key_id <= '" + OLD_ID + "' order by phone_key_id, id limit 100");

        assertThat(plan).contains("users_phone_key_id_idx").doesNotContain("users_pkey", "Sort");
    }

    private static int changeAndRead(TestClient client, AtomicBoolean done) {
        int changes = 0;
        while (!done.get() || changes <= 20) {
            String number = "+1415555%04d".formatted(changes % 10_000);
            assertThat(client.patch("/api/user/profile", "{\"phone\":\"" + number + "\"}")
                            .status())
                    .isEqualTo(200);
            assertThat(client.get("/api/user/profile").data().path("phone").stringValue())
                    .isEqualTo(number);
            changes++;
        }
        return changes;
    }

    private Ran reseal() throws Exception {
        return CommandRun.run(folder, ring(NEW_KEY, TestService.ECIES_PRIVATE_KEY), "jobs", "run", "reseal");
    }

    private Ran find(String number) throws Exception {
        return CommandRun.run(folder, ring(NEW_KEY, TestService.ECIES_PRIVATE_KEY), "user", "find", "--phone", number);
    }

    private static Map<String, String> ring(String current, String previous) {
        Map<String, String> environment = SERVICE.asEnvironment();
        environment.put("ECIES_PRIVATE_KEY", current);
        environment.put("ECIES_PREVIOUS_PRIVATE_KEYS", previous);
        return environment;
    }

    private static long rows(String key) {
        return Long.parseLong(SERVICE.query("select count(*) from users where phone_key_id = '" + key + "'"));
    }
}
