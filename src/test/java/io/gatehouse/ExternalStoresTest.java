package io.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gatehouse.support.Await;
import io.gatehouse.support.DebianStores;
import io.gatehouse.support.ServeProcess;
import io.gatehouse.support.TestClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** PostgreSQL 15 and Redis 7 of somebody else, over TLS, with a role and an ACL user. */
class ExternalStoresTest {

    @TempDir
    private static Path storesFolder;

    private static @Nullable DebianStores stores;

    @TempDir
    private Path folder;

    @BeforeAll
    static void start() throws Exception {
        assumeTrue(
                DebianStores.installed(),
                "SKIPPED: PostgreSQL 15 and Redis 7 of Debian are not installed; .ci/run installs them");
        stores = new DebianStores(storesFolder);
    }

    @AfterAll
    static void stop() {
        if (stores != null) {
            stores.close();
        }
    }

    @Test
    void schemaIsAppliedByHandAndTheServiceIsReadyAfterwards() throws Exception {
        Map<String, String> environment = environment();
        try (ServeProcess status = ServeProcess.start(folder, environment, "db", "status")) {
            assertThat(status.exitCode()).as(status.output()).isZero();
            assertThat(status.output()).contains("as gatehouse", "waiting  0001-create-users", "./gatehouse db up");
        }
        try (ServeProcess serve = ServeProcess.serve(folder, environment)) {
            assertThat(Await.until(Duration.ofSeconds(20), () -> ready(serve).contains("0001-create-users")))
                    .isTrue();
            assertThat(serve.operator().get("/ready").status()).isEqualTo(503);
            assertThat(serve.output()).doesNotContain("Sign in with");

            try (ServeProcess up = ServeProcess.start(folder, environment, "db", "up")) {
                assertThat(up.exitCode()).as(up.output()).isZero();
                assertThat(up.output()).contains("applied  0002-create-sessions", "The schema is current.");
            }
            awaitReady(serve);

            TestClient client = serve.client().signedIn("external@example.com");
            assertThat(client.get("/api/session").status()).isEqualTo(200);
            assertThat(client.get("/api/user/profile").status()).isEqualTo(200);
            assertThat(Await.until(Duration.ofSeconds(5), () -> ready(serve).contains("\"status\":\"ready\"")))
                    .as(ready(serve))
                    .isTrue();
            assertThat(serve.operator().get("/metrics").response().body())
                    .as("open only until the schema was there; every script is allowed to our ACL user")
                    .contains("gatehouse_redis_breaker_open 0.0")
                    .contains("gatehouse_redis_breaker_changes_total{to=\"open\"} 1.0");
            assertThat(client.call("POST", "/api/user/logout").status()).isEqualTo(200);
            assertThat(client.get("/api/session").status()).isEqualTo(401);
            assertThat(serve.terminate()).isZero();
        }
        assertThat(folder.resolve("var")).doesNotExist();
    }

    @Test
    void aWrongCertificateOrPasswordIsSaid() throws Exception {
        Map<String, String> untrusted = new HashMap<>(environment());
        untrusted.remove("POSTGRE_SSL_ROOT_CERT");
        try (ServeProcess status = ServeProcess.start(folder, untrusted, "db", "status")) {
            assertThat(status.exitCode()).isEqualTo(1);
            assertThat(status.output()).contains("The database cannot be reached");
        }
        Map<String, String> wrong = new HashMap<>(environment());
        wrong.put("POSTGRE_PASSWORD", "wrong-password");
        try (ServeProcess status = ServeProcess.start(folder, wrong, "db", "status")) {
            assertThat(status.exitCode()).isEqualTo(1);
            assertThat(status.output())
                    .contains("password authentication failed")
                    .doesNotContain("wrong-password");
        }
    }

    private static Map<String, String> environment() {
        DebianStores running = stores;
        if (running == null) {
            throw new IllegalStateException("The stores have not started");
        }
        return running.environment();
    }

    private static String ready(ServeProcess serve) {
        return serve.operator().get("/ready").response().body();
    }

    private static void awaitReady(ServeProcess serve) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (serve.operator().get("/ready").status() != 200 && System.nanoTime() < deadline) {
            TimeUnit.MILLISECONDS.sleep(200);
        }
        assertThat(serve.operator().get("/ready").status()).isEqualTo(200);
    }
}
