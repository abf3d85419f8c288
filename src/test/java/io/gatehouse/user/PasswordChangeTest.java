package io.gatehouse.user;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.support.TestClient;
import io.gatehouse.support.TestClient.Answer;
import io.gatehouse.support.TestService;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.json.JsonMapper;

/** A new password ends everything that the old one has begun, on every replica. */
class PasswordChangeTest {

    private static final String NEXT_PASSWORD = "another horse, another battery";
    private static final String ROUTE = "/api/user/password";
    private static final JsonMapper JSON = new JsonMapper();

    @Order(1)
    @RegisterExtension
    private static final TestService FIRST = new TestService().with("LOGIN_THROTTLE_LIMIT", "10");

    @Order(2)
    @RegisterExtension
    private static final TestService SECOND = new TestService().beside(FIRST);

    @Test
    void aWrongCurrentPasswordChangesNothing() throws Exception {
        String cookie = signUp("guess@example.com");
        String other = FIRST.client().login("guess@example.com").cookie();

        Answer answer = changePassword(cookie, "not the password");

        assertThat(answer.code()).isEqualTo(42200);
        assertThat(answer.body().path("detail").propertyNames()).containsExactly("current");
        assertThat(answer.header("Set-Cookie")).isEmpty();
        assertThat(nameIn(FIRST, cookie)).isEqualTo("Ada");
        assertThat(nameIn(SECOND, other)).isEqualTo("Ada");
        assertThat(FIRST.client().login("guess@example.com").status()).isEqualTo(200);
    }

    @Test
    void aNewPasswordHasToPassTheRulesAndAllThatIsWrongIsTold() throws Exception {
        String cookie = signUp("rules@example.com");

        assertThat(send(cookie, "{}").body().path("detail").propertyNames())
                .containsExactlyInAnyOrder("current", "password");
        assertThat(send(cookie, passwords(TestClient.PASSWORD, "short"))
                        .body()
                        .path("detail")
                        .propertyNames())
                .containsExactly("password");
        assertThat(FIRST.client().login("rules@example.com").status()).isEqualTo(200);
    }

    @Test
    void aNewPasswordEndsAllOtherSessionsAndTheOldTokenOnEveryReplica() throws Exception {
        String cookie = signUp("changed@example.com");
        List<String> others = Stream.of(FIRST, SECOND)
                .map(service -> service.client().login("changed@example.com").cookie())
                .toList();
        Stream.concat(Stream.of(cookie), others.stream()).forEach(each -> {
            assertThat(nameIn(FIRST, each)).isEqualTo("Ada");
            assertThat(nameIn(SECOND, each)).isEqualTo("Ada");
        });
        String id = session(FIRST, cookie).data().path("id").stringValue();

        Answer answer = changePassword(cookie, TestClient.PASSWORD);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.data().path("email").stringValue()).isEqualTo("changed@example.com");
        Stream.concat(Stream.of(cookie), others.stream()).forEach(each -> {
            assertThat(session(SECOND, each).code()).isEqualTo(40102);
            assertThat(session(FIRST, each).code()).isEqualTo(40102);
        });
        for (TestService service : List.of(SECOND, FIRST)) {
            assertThat(session(service, answer.cookie()).data().path("id").stringValue())
                    .isEqualTo(id);
        }
        assertThat(FIRST.client().login("changed@example.com").code()).isEqualTo(40101);
        assertThat(SECOND.client().login("changed@example.com", NEXT_PASSWORD).status())
                .isEqualTo(200);
    }

    @Test
    void bearerClientsGetTheNewTokenInTheBody() throws Exception {
        String cookie = signUp("bearer@example.com");
        String token = URLDecoder.decode(cookie.substring("session=".length()), StandardCharsets.UTF_8);
        Answer answer = FIRST.client()
                .with("Authorization", "Bearer " + token)
                .put(ROUTE, passwords(TestClient.PASSWORD, NEXT_PASSWORD));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Set-Cookie")).isEmpty();
        String next = answer.data().path("token").stringValue();
        assertThat(next).matches("gh_[\\w-]{43}\\.[\\w+/]{43}").isNotEqualTo(token);
        assertThat(SECOND.client()
                        .with("Authorization", "Bearer " + next)
                        .get("/api/session")
                        .status())
                .isEqualTo(200);
        assertThat(session(SECOND, cookie).code()).isEqualTo(40102);
    }

    @Test
    void whoHoldsASessionCannotGuessThePasswordWithoutEnd() throws Exception {
        String cookie = signUp("stolen@example.com");
        Callable<Integer> guess =
                () -> changePassword(cookie, "not the password").status();

        List<Integer> statuses;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            statuses = threads.invokeAll(java.util.Collections.nCopies(32, guess)).stream()
                    .map(Future::resultNow)
                    .toList();
        }

        assertThat(statuses).containsOnly(422, 429);
        assertThat(statuses.stream().filter(status -> status == 422)).hasSize(10);
        assertThat(session(FIRST, cookie).status()).isEqualTo(200);
    }

    private static String signUp(String email) {
        FIRST.client().register(email);
        return FIRST.client().login(email).cookie();
    }

    private static Answer changePassword(String cookie, String current) throws IOException, InterruptedException {
        return send(cookie, passwords(current, NEXT_PASSWORD));
    }

    private static String passwords(String current, String next) {
        return JSON.writeValueAsString(java.util.Map.of("current", current, "password", next));
    }

    private static Answer session(TestService service, String cookie) {
        return service.client().with("Cookie", cookie).get("/api/session");
    }

    private static String nameIn(TestService service, String cookie) {
        return session(service, cookie).data().path("user").path("name").stringValue("none");
    }

    private static Answer send(String cookie, String json) {
        return FIRST.client().with("Cookie", cookie).put(ROUTE, json);
    }
}
