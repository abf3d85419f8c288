package io.gatehouse.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.support.Cable;
import io.gatehouse.support.NginxProcess;
import io.gatehouse.support.Programs;
import io.gatehouse.support.TestClient;
import io.gatehouse.support.TestClient.Answer;
import io.gatehouse.support.TestService;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A real nginx with the configuration that we ship guards an application with the help of the service. */
class NginxAuthRequestTest {

    @RegisterExtension
    private static final TestService SERVICE = new TestService().with("TRUSTED_PROXIES", "127.0.0.1/32");

    private static final Path SAMPLE = Path.of("docs", "proxies", "nginx.conf");
    private static final List<String> REMOTE = List.of("Remote-User", "Remote-Email", "Remote-Name", "Remote-Groups");

    @TempDir
    private Path folder;

    @BeforeAll
    static void requireNginx() {
        Programs.require(NginxProcess.PROGRAM, SAMPLE + " was not tried");
    }

    /** nginx, and a cable from it to the service. */
    private record Front(NginxProcess nginx, Cable cable, int port) implements AutoCloseable {

        static Front start(Path folder) throws IOException {
            Cable cable = Cable.to(SERVICE.port());
            int port = NginxProcess.freePort();
            int application = NginxProcess.freePort();
            String configuration = sample(port, cable.port(), application) + application(application);
            return new Front(NginxProcess.start(folder, configuration, port), cable, port);
        }

        TestClient client() {
            return new TestClient("http://127.0.0.1:" + port);
        }

        @Override
        public void close() throws IOException {
            nginx.close();
            cable.close();
        }
    }

    @Test
    void withoutASessionNothingIsServed() throws IOException {
        try (Front front = Front.start(folder)) {
            assertThat(front.client().get("/page").status())
                    .as(front.nginx().errorLog())
                    .isEqualTo(401);
            assertThat(forging(front.client()).get("/page").status()).isEqualTo(401);
            assertThat(front.client()
                            .with("Cookie", "session=made-up")
                            .get("/page")
                            .status())
                    .isEqualTo(401);
        }
    }

    @Test
    void theSignedInSeeThePageUntilTheySignOut() throws IOException {
        try (Front front = Front.start(folder)) {
            TestClient client = front.client().signedIn("page@example.com");

            Answer page = client.get("/page");
            assertThat(page.status()).as(front.nginx().errorLog()).isEqualTo(200);
            assertThat(page.response().body()).isEqualTo("the page");

            assertThat(client.call("POST", "/api/user/logout").status()).isEqualTo(200);
            assertThat(client.get("/page").status()).isEqualTo(401);
        }
    }

    @Test
    void theApplicationIsToldWhoCallsWhateverTheClientClaims() throws IOException {
        try (Front front = Front.start(folder)) {
            Answer account = front.client().register("told@example.com");
            String cookie = front.client().login("told@example.com").cookie();
            String expected = account.data().path("id").stringValue() + "|told@example.com|Ada|user";

            for (TestClient client : List.of(front.client(), forging(front.client()))) {
                assertThat(client.with("Cookie", cookie).get("/who").response().body())
                        .as(front.nginx().errorLog())
                        .isEqualTo(expected);
                assertThat(client.with("Authorization", "Bearer " + token(cookie))
                                .post("/who", "{}")
                                .response()
                                .body())
                        .isEqualTo(expected);
            }
        }
    }

    @Test
    void aServiceOutOfReachIs503() throws IOException {
        try (Front front = Front.start(folder)) {
            TestClient client = front.client().signedIn("unreachable@example.com");

            front.cable().pull();
            Answer answer = client.get("/page");
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.header("Retry-After")).isEqualTo("1");

            front.cable().plug();
            assertThat(client.get("/page").status()).isEqualTo(200);
        }
    }

    @Test
    void whatTheServiceCannotDecideIs503() throws IOException {
        try (Front front = Front.start(folder)) {
            TestClient client = front.client().signedIn("undecided-nginx@example.com");

            SERVICE.redisCable().pull();
            SERVICE.postgresCable().pull();
            try {
                assertThat(client.get("/page").status()).isEqualTo(503);
            } finally {
                SERVICE.redisCable().plug();
                SERVICE.plugPostgres();
            }
        }
    }

    private static TestClient forging(TestClient client) {
        TestClient forging = client.with("Remote_User", "forged");
        for (String header : REMOTE) {
            forging = forging.with(header, "forged");
        }
        return forging;
    }

    private static String token(String cookie) {
        return URLDecoder.decode(cookie.substring("session=".length()), StandardCharsets.UTF_8);
    }

    /** What we ship, with addresses of the test and without TLS. */
    private static String sample(int port, int service, int application) throws IOException {
        String text = Files.readString(SAMPLE);
        text = replaced(text, "listen 443 ssl;", "listen 127.0.0.1:" + port + ";");
        text = replaced(text, "ssl_certificate /etc/ssl/app.example.com.pem;", "");
        text = replaced(text, "ssl_certificate_key /etc/ssl/app.example.com.key;", "");
        text = replaced(text, "server 127.0.0.1:9876;", "server 127.0.0.1:" + service + ";");
        return replaced(text, "server 127.0.0.1:3000;", "server 127.0.0.1:" + application + ";");
    }

    private static String replaced(String text, String old, String replacement) {
        assertThat(text).as(SAMPLE.toString()).containsOnlyOnce(old);
        return text.replace(old, replacement);
    }

    /** Serves a page and says what it was told about the caller. */
    private static String application(int port) {
        return """

                server {
                    listen 127.0.0.1:%d;
                    default_type text/plain;
                    location = /page {
                        return 200 "the page";
                    }
                    location = /who {
                        return 200 "$http_remote_user|$http_remote_email|$http_remote_name|$http_remote_groups";
                    }
                }
                """.formatted(port);
    }
}
