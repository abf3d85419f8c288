package io.gatehouse.user;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.support.TestClient.Answer;
import io.gatehouse.support.TestService;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** What users change of their own profile, seen from two replicas. */
class OwnProfileTest {

    private static final String PROFILE = "/api/user/profile";
    private static final JsonMapper JSON = new JsonMapper();

    @Order(1)
    @RegisterExtension
    private static final TestService FIRST = new TestService();

    @Order(2)
    @RegisterExtension
    private static final TestService SECOND = new TestService().beside(FIRST);

    @Test
    void aNewNameIsSeenAtOnceInEverySessionOnEveryReplica() throws Exception {
        String cookie = signUp("renamed@example.com");
        String other = FIRST.client().login("renamed@example.com").cookie();
        for (String each : List.of(cookie, other)) {
            assertThat(nameIn(FIRST, each)).isEqualTo("Ada");
            assertThat(nameIn(SECOND, each)).isEqualTo("Ada");
        }

        Answer answer = send(cookie, "{\"name\":\"  Augusta Ada  \"}");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.data().path("name").stringValue()).isEqualTo("Augusta Ada");
        for (String each : List.of(cookie, other)) {
            assertThat(nameIn(SECOND, each)).isEqualTo("Augusta Ada");
            assertThat(nameIn(FIRST, each)).isEqualTo("Augusta Ada");
        }
    }

    @Test
    void privilegedAndUnknownFieldsHaveNoEffect() throws Exception {
        String cookie = signUp("climber@example.com");

        Answer answer = send(
                cookie,
                "{\"role\":\"admin\",\"roles\":[\"admin\"],\"status\":2,\"id\":\"1\",\"email\":\"x@example.com\","
                        + "\"password\":\"something else\",\"name\":\"Climber\"}");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.data().path("name").stringValue()).isEqualTo("Climber");
        assertThat(answer.data().path("status").intValue()).isZero();
        assertThat(answer.data().path("email").stringValue()).isEqualTo("climber@example.com");
        assertThat(answer.data().path("roles")).hasSize(1);
        assertThat(FIRST.client()
                        .with("Cookie", cookie)
                        .get("/api/session")
                        .data()
                        .path("user")
                        .path("roles"))
                .extracting(role -> role.stringValue())
                .containsExactly("user");
        assertThat(FIRST.client().login("climber@example.com").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"A\"", "\"\"", "\"   \"", "7", "[\"Ada\"]", "\"line\\nbreak\"", "\"nul\\u0000\""})
    void invalidNamesAreRefusedAndChangeNothing(String name) throws Exception {
        String cookie = signUp("n" + Integer.toHexString(name.hashCode()) + "@example.com");

        Answer answer = send(cookie, "{\"name\":" + name + "}");

        assertThat(answer.code()).isEqualTo(42200);
        assertThat(answer.body().path("detail").propertyNames()).containsExactly("name");
        assertThat(nameIn(FIRST, cookie)).isEqualTo("Ada");
    }

    @Test
    void namesMayHave64CharactersAndNoMore() throws Exception {
        String cookie = signUp("long@example.com");
        String longest = "\uD83D\uDC1D".repeat(64);

        assertThat(send(cookie, json("name", longest)).status()).isEqualTo(200);
        assertThat(nameIn(SECOND, cookie)).isEqualTo(longest);
        assertThat(send(cookie, json("name", longest + "b")).code()).isEqualTo(42200);
    }

    @Test
    void whatIsNotSentStaysAsItIs() throws Exception {
        String cookie = signUp("unchanged@example.com");

        assertThat(send(cookie, "{}").data().path("name").stringValue()).isEqualTo("Ada");
        assertThat(send("session=none", "{\"name\":\"Eve\"}").code()).isEqualTo(40100);
    }

    private static String signUp(String email) {
        FIRST.client().register(email);
        return FIRST.client().login(email).cookie();
    }

    private static String json(String field, String value) {
        return JSON.writeValueAsString(java.util.Map.of(field, value));
    }

    private static Answer session(TestService service, String cookie) {
        return service.client().with("Cookie", cookie).get("/api/session");
    }

    private static String nameIn(TestService service, String cookie) {
        return session(service, cookie).data().path("user").path("name").stringValue("none");
    }

    private static Answer send(String cookie, String json) {
        return FIRST.client().with("Cookie", cookie).patch(PROFILE, json);
    }
}
