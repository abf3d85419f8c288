package io.gatehouse.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.crypto.CookieSigner;
import io.gatehouse.support.TestClient;
import io.gatehouse.support.TestClient.Answer;
import io.gatehouse.support.TestService;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Three replicas in the midst of a change of secrets: not there yet, on the way, done. */
class CookieSecretTest {

    private static final String OLD_SECRET = "an-old-secret-of-more-than-32-bytes-in-tests";
    private static final String NEW_SECRET = "a-new-secret-of-more-than-32-bytes-in-tests";

    @Order(1)
    @RegisterExtension
    private static final TestService OLD = new TestService()
            .with("COOKIE_SECRET", OLD_SECRET)
            .with("SESSION_IDLE_TTL", "10800")
            .with("SESSION_MAX_AGE", "10800");

    @Order(2)
    @RegisterExtension
    private static final TestService BOTH =
            new TestService().beside(OLD).with("COOKIE_SECRET", NEW_SECRET + "," + OLD_SECRET);

    @Order(3)
    @RegisterExtension
    private static final TestService NEW = new TestService().beside(OLD).with("COOKIE_SECRET", NEW_SECRET);

    private static final Pattern RENEWED =
            Pattern.compile("session=([^;]+); Max-Age=(\\d+); Path=/; HttpOnly; SameSite=Strict");

    @Test
    void aCookieOfTheOldSecretIsTakenAndSignedAnew() {
        String cookie = signIn("rotated@example.com");
        String token = token(value(cookie));
        assertThat(value(cookie)).isEqualTo(signer(OLD_SECRET).sign(token));

        Answer answer = BOTH.client().with("Cookie", cookie).get("/api/session");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(value(answer.cookie())).isEqualTo(signer(NEW_SECRET).sign(token));
        assertThat(NEW.client()
                        .with("Cookie", answer.cookie())
                        .get("/api/session")
                        .status())
                .isEqualTo(200);
        assertThat(BOTH.client()
                        .with("Cookie", answer.cookie())
                        .get("/api/session")
                        .header("Set-Cookie"))
                .isEmpty();
    }

    @Test
    void theRenewedCookieDoesNotOutliveItsSession() {
        String cookie = signIn("aged@example.com");
        BOTH.clock().move(Duration.ofHours(2));
        try {
            Matcher renewed = RENEWED.matcher(
                    BOTH.client().with("Cookie", cookie).get("/api/session").header("Set-Cookie"));
            assertThat(renewed.matches()).isTrue();
            assertThat(Integer.parseInt(renewed.group(2))).isBetween(3540, 3600);
        } finally {
            BOTH.clock().move(Duration.ofHours(-2));
        }
    }

    @Test
    void bearerClientsKeepWhatTheyHave() {
        String cookie = signIn("program@example.com");

        Answer answer = BOTH.client()
                .with("Authorization", "Bearer " + value(cookie))
                .with("Cookie", cookie)
                .get("/api/session");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Set-Cookie")).isEmpty();
    }

    @Test
    void aSecretThatIsGoneSignsNothingAnyMore() {
        String cookie = signIn("late@example.com");

        assertThat(NEW.client().with("Cookie", cookie).get("/api/session").code())
                .isEqualTo(40100);
        assertThat(OLD.client().with("Cookie", cookie).get("/api/session").status())
                .isEqualTo(200);
    }

    @Test
    void theFirstSecretSigns() {
        OLD.client().register("first@example.com");
        String value = value(BOTH.client().login("first@example.com").cookie());

        assertThat(value).isEqualTo(signer(NEW_SECRET).sign(token(value)));
    }

    /** Browsers would take the last of several, but RFC 6265 (4.1.1) wants one. */
    @Test
    void logoutWithAnOldSignatureClearsTheCookieAndDoesNotRenewIt() {
        TestClient client = BOTH.client().with("Cookie", signIn("leaving@example.com"));

        Answer answer = client.call("POST", "/api/user/logout");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.response().headers().allValues("Set-Cookie"))
                .singleElement()
                .asString()
                .startsWith("session=; Max-Age=0;");
        assertThat(client.get("/api/session").code()).isEqualTo(40102);
    }

    private static String signIn(String email) {
        OLD.client().register(email);
        return OLD.client().login(email).cookie();
    }

    private static String value(String cookie) {
        assertThat(cookie).startsWith("session=");
        return URLDecoder.decode(cookie.substring("session=".length()), StandardCharsets.UTF_8);
    }

    private static String token(String signed) {
        return signed.substring(0, signed.lastIndexOf('.'));
    }

    private static CookieSigner signer(String secret) {
        return new CookieSigner(List.of(secret.getBytes(StandardCharsets.UTF_8)));
    }
}
