package io.gatehouse.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.support.RawHttp;
import io.gatehouse.support.TestService;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No path below the authz endpoints is ever answered by another route. */
class AuthzPathsTest {

    @RegisterExtension
    private static final TestService SERVICE = new TestService();

    private static final List<String> ENDPOINTS =
            List.of("/api/authz/auth-request", "/api/authz/forward-auth", "/api/authz/ext-authz");

    /** A proxy puts the path of the request that it asks about behind ours; health would answer anybody. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/..;/..;/health",
                "/../../health",
                "/..;x=1/..;x=1/health",
                "/%2e%2e/%2e%2e/health",
                "/%2E%2E;/%2e%2E;/health",
                "/.%2e/%2e./health",
                "/%2e%2e%2f%2e%2e%2fhealth",
                "/..%2f..%2fhealth",
                "/..%3b/..%3b/health",
                "/%252e%252e/%252e%252e/health",
                "/..\\..\\health",
                "/a/../../../health",
                "/./../../health",
                "//../../../health",
                ";/../../health",
                "/../../health;",
                "/../../../api/health?x",
                "/..;/..;/health#fragment",
            })
    void pathsThatClimbNeverReachAnotherRoute(String path) throws IOException {
        for (String endpoint : ENDPOINTS) {
            for (String method : List.of("GET ", "HEAD ")) {
                assertThat(status(method + endpoint + path, "session=none"))
                        .as(method + endpoint + path)
                        .isIn("400", "401", "404");
            }
        }
    }

    /** The other way round, a request about another page must not come to look like a route of ours. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/authz/ext-authz/../../session",
                "/api/authz/ext-authz/..;/..;/user/profile",
                "/api/health/../user/profile",
            })
    void pathsThatClimbAreRefusedForLiveSessionsToo(String path) throws IOException {
        SERVICE.client().register("climbing@example.com");
        String cookie = SERVICE.client().login("climbing@example.com").cookie();

        assertThat(status("GET " + path, cookie)).isIn("400", "404");
    }

    /** Of a request as it stands on the wire. */
    private static String status(String methodAndPath, String cookie) throws IOException {
        String answer = RawHttp.exchange(
                SERVICE.port(),
                methodAndPath + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nCookie: " + cookie + "\r\n\r\n");
        assertThat(answer).startsWith("HTTP/1.1 ");
        return answer.substring("HTTP/1.1 ".length(), "HTTP/1.1 ".length() + 3);
    }
}
