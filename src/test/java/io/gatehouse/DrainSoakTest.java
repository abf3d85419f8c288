package io.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.config.Settings.Postgres;
import io.gatehouse.support.Await;
import io.gatehouse.support.EmptyDatabases;
import io.gatehouse.support.NginxProcess;
import io.gatehouse.support.Replica;
import io.gatehouse.support.ServeProcess;
import io.gatehouse.support.TestClient;
import io.gatehouse.support.TestStores;
import io.gatehouse.support.Wrk;
import io.gatehouse.support.Wrk.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** SIGTERM under the load of 50 busy clients: of one of two replicas behind nginx, and of a service that has no proxy. */
@Tag("soak")
class DrainSoakTest {

    private static final Path SAMPLE = Path.of("ops", "nginx", "gatehouse.conf");

    private static final Duration LOAD = Duration.ofSeconds(20);
    private static final Duration BEFORE_SIGNAL = Duration.ofSeconds(5);
    private static final Duration PROMISE = Duration.ofSeconds(15);

    /** Each request is another account. */
    private static final String SIGNING_UP = """
            wrk.headers['Content-Type'] = 'application/json'
            local threads = 0
            local requests = 0

            function setup(thread)
                thread:set('number', threads)
                threads = threads + 1
            end

            function request()
                requests = requests + 1
                local email = number .. '-' .. requests .. '@example.com'
                return wrk.format('POST', nil, nil,
                    '{"name": "Ada", "email": "' .. email .. '", "password": "%s"}')
            end
            """.formatted(TestClient.PASSWORD);

    @RegisterExtension
    private static final EmptyDatabases DATABASES = new EmptyDatabases();

    @TempDir
    private Path folder;

    @BeforeAll
    static void requirePrograms() {
        for (Path program : List.of(NginxProcess.PROGRAM, Wrk.PROGRAM)) {
            assertThat(program).as("install it: apt-get install nginx wrk").isExecutable();
        }
    }

    @Test
    void noRequestFailsWhenOneOfTwoReplicasIsStopped() throws Exception {
        Map<String, String> environment = Replica.environment(DATABASES.stores());
        try (ServeProcess stopped = serve("a", environment);
                ServeProcess other = serve("b", environment);
                Front front = Front.of(folder, stopped, other)) {
            String cookie = Replica.signIn(other.client(), "busy@example.com");
            Result result = stopUnder(LOAD, front.url() + "/api/session", asking(cookie), stopped);
            assertThat(result.failed()).as(result + front.nginx().errorLog()).isZero();
        }
    }

    /** What may have been carried out nginx sends to no other replica. */
    @Test
    void norDoesOneThatNobodySendsTwice() throws Exception {
        Postgres database = DATABASES.stores().newDatabase();
        Map<String, String> environment =
                Replica.environment(database, DATABASES.stores().redis());
        try (ServeProcess stopped = serve("a", environment);
                ServeProcess other = serve("b", environment);
                Front front = Front.of(folder, stopped, other)) {
            for (ServeProcess replica : List.of(stopped, other)) {
                String _ = Replica.signIn(replica.client(), "first@%s.example".formatted(replica.pid()));
            }
            Result result = stopUnder(LOAD, front.url() + "/api/user/register", SIGNING_UP, stopped);
            assertThat(result.failed()).as(result + front.nginx().errorLog()).isZero();
            assertThat(Long.parseLong(TestStores.query(database, "select count(*) from users")))
                    .isGreaterThanOrEqualTo(result.requests());
        }
    }

    /** wrk cannot tell a refused connection from a broken one, so it ends before the listener does. */
    @Test
    void nothingBreaksWithoutAProxyWhileItDrains() throws Exception {
        try (ServeProcess stopped = serve("a", Replica.environment(DATABASES.stores()))) {
            String cookie = Replica.signIn(stopped.client(), "busy@example.com");
            Result result = stopUnder(
                    BEFORE_SIGNAL.plusSeconds(3), stopped.client().base() + "/api/session", asking(cookie), stopped);
            assertThat(result.failed()).as(result.toString()).isZero();
        }
    }

    private static String asking(String cookie) {
        return "wrk.headers['Cookie'] = '%s'".formatted(cookie);
    }

    private Result stopUnder(Duration load, String url, String script, ServeProcess stopped) throws Exception {
        try (Wrk wrk = Wrk.start(folder, load, url, script)) {
            Await.pause(BEFORE_SIGNAL);
            long begun = System.nanoTime();
            assertThat(stopped.terminate()).as(stopped.output()).isZero();
            Duration took = Duration.ofNanos(System.nanoTime() - begun);
            assertThat(took).isLessThan(PROMISE);
            Result result = wrk.result();
            System.out.printf("%s: %s; the replica ended with 0 after %d ms%n", url, result, took.toMillis());
            return result;
        }
    }

    private ServeProcess serve(String name, Map<String, String> environment) throws IOException {
        return ServeProcess.serve(Files.createDirectory(folder.resolve(name)), environment);
    }

    /** nginx before two replicas, with the configuration that we ship. */
    private record Front(NginxProcess nginx, String url) implements AutoCloseable {

        static Front of(Path folder, ServeProcess one, ServeProcess other) throws IOException {
            int port = NginxProcess.freePort();
            String configuration = Files.readString(SAMPLE)
                    .replace("10.76.98.11:9876", address(one))
                    .replace("10.76.98.12:9876", address(other))
                    .replace("listen 8080", "listen 127.0.0.1:" + port);
            return new Front(
                    NginxProcess.start(Files.createDirectory(folder.resolve("nginx")), configuration, port),
                    "http://127.0.0.1:" + port);
        }

        private static String address(ServeProcess serve) {
            return serve.client().base().substring("http://".length());
        }

        @Override
        public void close() {
            nginx.close();
        }
    }
}
