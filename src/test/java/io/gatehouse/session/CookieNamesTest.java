package io.gatehouse.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.support.TestClient.Answer;
import io.gatehouse.support.TestService;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the session's cookie is called, by where the service lives. */
class CookieNamesTest {

    @RegisterExtension
    private static final TestService HTTP = new TestService().with("APP_URL", "http://id.example.com");

    @RegisterExtension
    private static final TestService HTTPS = new TestService().with("APP_URL", "https://id.example.com");

    @RegisterExtension
    private static final TestService SIBLINGS =
            new TestService().with("APP_URL", "https://id.example.com").with("COOKIE_DOMAIN", "example.com");

    @Test
    void plainHttpHasNoPrefixBecauseBrowsersWouldRefuseOne() {
        roundTrip(HTTP, "session", "; Path=/; HttpOnly; SameSite=Strict");
    }

    @Test
    void httpsBindsTheCookieToTheHost() {
        roundTrip(HTTPS, "__Host-session", "; Path=/; HttpOnly; Secure; SameSite=Strict");
    }

    @Test
    void siblingHostsShareASecureCookie() {
        roundTrip(SIBLINGS, "__Secure-session", "; Domain=example.com; Path=/; HttpOnly; Secure; SameSite=Strict");
    }

    /** Set, taken under that name only, and cleared with the same attributes. */
    private static void roundTrip(TestService service, String name, String attributes) {
        service.client().register("named@example.com");
        Answer login = service.client().login("named@example.com");
        assertThat(login.header("Set-Cookie")).matches(name + "=gh_[\\w%.-]+; Max-Age=2592000" + attributes);

        String value = login.cookie().substring(name.length() + 1);
        for (String tried : new String[] {"session", "__Host-session", "__Secure-session"}) {
            assertThat(service.client()
                            .with("Cookie", tried + "=" + value)
                            .get("/api/session")
                            .status())
                    .as(tried)
                    .isEqualTo(tried.equals(name) ? 200 : 401);
        }

        Answer logout = service.client().with("Cookie", login.cookie()).call("POST", "/api/user/logout");
        String domain = attributes.contains("Domain") ? "; Domain=example.com" : "";
        assertThat(logout.header("Set-Cookie")).startsWith(name + "=; Max-Age=0" + domain + "; Path=/; Expires=");
    }
}
