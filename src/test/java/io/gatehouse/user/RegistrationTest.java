package io.gatehouse.user;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.support.TestClient;
import io.gatehouse.support.TestClient.Answer;
import io.gatehouse.support.TestService;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class RegistrationTest {

    @RegisterExtension
    private static final TestService SERVICE = new TestService();

    @Test
    void newAccountIsShownWithoutItsPassword() {
        Answer answer = client().register("ada@example.com");

        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.code()).isZero();
        assertThat(answer.body().path("msg").stringValue()).isEqualTo("success");
        assertThat(answer.data().propertyNames())
                .containsExactly(
                        "id",
                        "name",
                        "email",
                        "phone",
                        "status",
                        "roles",
                        "avatar",
                        "lastLoginAt",
                        "createdAt",
                        "updatedAt");
        assertThat(answer.data().path("id").stringValue()).matches("\\d{18,19}");
        assertThat(answer.data().path("email").stringValue()).isEqualTo("ada@example.com");
        assertThat(answer.data().path("status").intValue()).isZero();
        assertThat(answer.data().path("roles").toString()).isEqualTo("[\"user\"]");
        assertThat(answer.data().path("lastLoginAt").isNull()).isTrue();
        assertThat(answer.data().path("createdAt").stringValue())
                .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");
        assertThat(SERVICE.query("select password from users where email = 'ada@example.com'"))
                .startsWith("$argon2id$v=19$m=256,t=1,p=1$");
    }

    @Test
    void emailIsNormalised() {
        client().post(
                        "/api/user/register",
                        TestClient.registration("Ada", "  Ada.L\u00c9\u0301@Example.COM ", PASSWORD));

        assertThat(client().register("ada.l\u00e9\u0301@example.com").code()).isEqualTo(40900);
        assertThat(client().login("ADA.l\u00c9\u0301@EXAMPLE.com").status()).isEqualTo(200);
    }

    @Test
    void twoSpellingsOfOneLetterAreOneAddress() {
        client().register("J\u030C@example.com");

        assertThat(client().register("\u01F0@example.com").code()).isEqualTo(40900);
    }

    @Test
    void takenEmailIs409() {
        client().register("taken@example.com");

        assertThat(client().register("Taken@example.com").code()).isEqualTo(40900);
    }

    @Test
    void privilegedAndUnknownFieldsHaveNoEffect() {
        Answer answer = client().post(
                        "/api/user/register",
                        "{\"name\":\"Eve\",\"email\":\"eve@example.com\",\"password\":\"long enough\",\"status\":2,"
                                + "\"role\":\"admin\",\"id\":\"1\",\"whatever\":[1]}");

        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.data().path("status").intValue()).isZero();
        assertThat(answer.data().path("roles").toString()).isEqualTo("[\"user\"]");
    }

    @Test
    void fiftyAtOnceGiveOneAccount() {
        String body = TestClient.registration("Ada", "race@example.com", PASSWORD);
        List<CompletableFuture<Answer>> racing = IntStream.range(0, 50)
                .mapToObj(i -> client().postAsync("/api/user/register", body))
                .toList();

        List<Integer> statuses =
                racing.stream().map(answer -> answer.join().status()).toList();

        assertThat(statuses).filteredOn(status -> status == 201).hasSize(1);
        assertThat(statuses).allMatch(status -> status == 201 || status == 409 || status == 503);
        assertThat(SERVICE.query("select count(*) from users where email = 'race@example.com'"))
                .isEqualTo("1");
    }

    private static final String PASSWORD = TestClient.PASSWORD;

    private static TestClient client() {
        return SERVICE.client();
    }
}
