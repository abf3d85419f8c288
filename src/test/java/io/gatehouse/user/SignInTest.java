package io.gatehouse.user;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.support.TestClient;
import io.gatehouse.support.TestClient.Answer;
import io.gatehouse.support.TestService;
import io.gatehouse.support.Vectors;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

class SignInTest {

    @RegisterExtension
    private static final TestService SERVICE = new TestService();

    @Test
    void cookieIsSignedAndOutOfReachOfScripts() {
        client().register("cookie@example.com");

        Answer answer = client().login("cookie@example.com");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Set-Cookie"))
                .matches("session=gh_[\\w-]{43}\\.[\\w%-]+; Max-Age=2592000; Path=/; HttpOnly; SameSite=Strict");
        assertThat(answer.data().path("lastLoginAt").isString()).isTrue();
        assertThat(answer.data().has("token")).isFalse();
    }

    @Test
    void bearerClientsGetATokenAndNoCookie() {
        client().register("bearer@example.com");
        Answer answer = client().post(
                        "/api/user/login",
                        "{\"email\":\"bearer@example.com\",\"password\":\"" + TestClient.PASSWORD
                                + "\",\"transport\":\"bearer\"}");

        String token = answer.data().path("token").stringValue();
        assertThat(token).matches("gh_[\\w-]{43}\\.[\\w+/]{43}");
        assertThat(answer.header("Set-Cookie")).isEmpty();
        assertThat(answer.data().path("email").stringValue()).isEqualTo("bearer@example.com");
        assertThat(client().with("Authorization", "bearer " + token)
                        .get("/api/session")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void bearerCountsIfBothCome() {
        TestClient signedIn = client().signedIn("both@example.com");

        assertThat(signedIn.with("Authorization", "Bearer nonsense")
                        .get("/api/session")
                        .code())
                .isEqualTo(40100);
    }

    @Test
    void unknownAccountAndWrongPasswordLookTheSame() {
        client().register("known@example.com");

        Answer wrong = client().login("known@example.com", "not the password");
        Answer unknown = client().login("unknown@example.com", "not the password");

        assertThat(wrong.status()).isEqualTo(401);
        assertThat(wrong.code()).isEqualTo(40101);
        assertThat(withoutLogId(unknown)).isEqualTo(withoutLogId(wrong));
        assertThat(unknown.response().headers().map().keySet())
                .isEqualTo(wrong.response().headers().map().keySet());
    }

    @Test
    void bannedAndUnverifiedAccountsLearnItOnlyWithTheRightPassword() {
        client().register("banned@example.com");
        SERVICE.execute("update users set status = 2 where email = 'banned@example.com'");

        assertThat(client().login("banned@example.com", "not the password").code())
                .isEqualTo(40101);
        assertThat(client().login("banned@example.com").code()).isEqualTo(40302);

        SERVICE.execute("update users set status = 1 where email = 'banned@example.com'");
        assertThat(client().login("banned@example.com").code()).isEqualTo(40303);
    }

    @Test
    void accountsOfTheNodeServiceSignInAndGetACurrentHash() {
        JsonNode vector = Vectors.read("argon2.json").path("vectors").get(0);
        String hash = vector.path("phc").stringValue();
        assertThat(hash).startsWith("$argon2id$v=19$m=65536,t=3,p=4$");
        SERVICE.execute("insert into users (id, name, email, password) values (118742423961604096, 'Node',"
                + " 'node@example.com', '" + hash + "')");

        Answer answer =
                client().login("node@example.com", vector.path("password").stringValue());

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.data().path("id").stringValue()).isEqualTo("118742423961604096");
        assertThat(SERVICE.query("select password from users where email = 'node@example.com'"))
                .startsWith("$argon2id$v=19$m=256,t=1,p=1$");
        assertThat(client().login("node@example.com", vector.path("password").stringValue())
                        .status())
                .isEqualTo(200);
    }

    @Test
    void signInsAtTheSameTimeDoNotDisturbEachOther() {
        JsonNode vector = Vectors.read("argon2.json").path("vectors").get(1);
        SERVICE.execute("insert into users (id, name, email, password) values (118742423961604097, 'Node',"
                + " 'twins@example.com', '" + vector.path("phc").stringValue() + "')");
        String body = "{\"email\":\"twins@example.com\",\"password\":\""
                + vector.path("password").stringValue() + "\"}";

        List<CompletableFuture<Answer>> racing = IntStream.range(0, 8)
                .mapToObj(i -> client().postAsync("/api/user/login", body))
                .toList();

        assertThat(racing).extracting(answer -> answer.join().status()).containsOnly(200);
    }

    @Test
    void everySignInGetsANewToken() {
        client().register("twice@example.com");

        assertThat(client().login("twice@example.com").cookie())
                .isNotEqualTo(client().login("twice@example.com").cookie());
    }

    @Test
    void profileIsTheAccount() {
        TestClient signedIn = client().signedIn("profile@example.com");

        Answer answer = signedIn.get("/api/user/profile");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.data().path("email").stringValue()).isEqualTo("profile@example.com");
        assertThat(answer.response().body()).doesNotContain("argon2");
        assertThat(client().get("/api/user/profile").code()).isEqualTo(40100);
    }

    private static String withoutLogId(Answer answer) {
        return answer.response().body().replace(answer.header("x-log-id"), "");
    }

    private static TestClient client() {
        return SERVICE.client();
    }
}
