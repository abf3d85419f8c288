package io.gatehouse.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.support.TestClient.Answer;
import io.gatehouse.support.TestService;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class HttpsTest {

    @RegisterExtension
    private static final TestService SERVICE = new TestService().with("APP_URL", "https://id.example.com");

    @Test
    void browsersAreToldToStayWithTls() {
        assertThat(SERVICE.client().get("/api/health").header("Strict-Transport-Security"))
                .isEqualTo("max-age=31536000; includeSubDomains");
    }

    @Test
    void cookieIsBoundToTheHost() {
        SERVICE.client().register("tls@example.com");
        Answer answer = SERVICE.client().login("tls@example.com");

        assertThat(answer.header("Set-Cookie"))
                .matches("__Host-session=gh_[\\w-]{43}\\.[\\w%-]+; Max-Age=2592000; Path=/; HttpOnly; Secure;"
                        + " SameSite=Strict");
        assertThat(SERVICE.client()
                        .with("Cookie", answer.cookie())
                        .get("/api/session")
                        .status())
                .isEqualTo(200);
    }
}
