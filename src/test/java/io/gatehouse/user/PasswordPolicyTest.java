package io.gatehouse.user;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.support.TestClient;
import io.gatehouse.support.TestClient.Answer;
import io.gatehouse.support.TestService;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which passwords may be set, through HTTP. */
class PasswordPolicyTest {

    private static final String COMMON = "is one of the passwords that are guessed first; please choose another";

    @RegisterExtension
    private static final TestService SERVICE = new TestService().with("APP_URL", "http://localhost:9876");

    @ParameterizedTest
    @ValueSource(strings = {"password1", "PassWord1", "  password1 ", "1q2w3e4r5t", "iloveyou", "qwertyuiop"})
    void commonOnesAreRefusedWhateverTheCase(String password) {
        assertThat(reason(register("Ada", "common@example.com", password))).isEqualTo(COMMON);
    }

    @ParameterizedTest
    @CsvSource({
        "gatehouse, is the name of this service; please choose another",
        "GateHouse, is the name of this service; please choose another",
        "localhost, is the name of this service; please choose another",
        "analyst.ada@example.com, is your e-mail address; please choose another",
        "Analyst.Ada, is your e-mail address; please choose another",
        "Augusta Ada, is your name; please choose another",
        "augustaada, is your name; please choose another"
    })
    void whatAnybodyWouldTryFirstIsRefusedWithItsReason(String password, String reason) {
        assertThat(reason(register("Augusta Ada", "Analyst.Ada@example.com", password)))
                .isEqualTo(reason);
    }

    @Test
    void everyWrongFieldIsNamedAtOnce() {
        Answer answer = register("x", "lovelace@example.com", "lovelace@example.com");

        assertThat(answer.body().path("detail").has("name")).isTrue();
        assertThat(reason(answer)).isEqualTo("is your e-mail address; please choose another");
    }

    @Test
    void wholePasswordsAreComparedAndNothingElseIsAskedOfThem() {
        List<String> fine = List.of(
                "password1 and more",
                "aaaaaaaa bbbbbbbb",
                "\u5bc6\u7801\u5bc6\u7801\u5bc6\u7801\u5bc6\u7801",
                "no digits here");
        for (int i = 0; i < fine.size(); i++) {
            assertThat(register("Augusta Ada", "fine" + i + "@example.com", fine.get(i))
                            .status())
                    .as(fine.get(i))
                    .isEqualTo(201);
        }
    }

    @Test
    void theSameHoldsForAChange() {
        TestClient client = SERVICE.client().signedIn("change@example.com");
        for (String wrong : List.of("password1", "gatehouse", "change@example.com")) {
            Answer answer = client.put(
                    "/api/user/password",
                    "{\"current\":\"" + TestClient.PASSWORD + "\",\"password\":\"" + wrong + "\"}");
            assertThat(answer.code()).as(wrong).isEqualTo(42200);
            assertThat(reason(answer)).endsWith("please choose another");
        }
    }

    @Test
    void theReasonIsToldInChineseToo() {
        Answer answer = SERVICE.client()
                .with("Accept-Language", "zh-CN")
                .post("/api/user/register", TestClient.registration("Ada", "zh@example.com", "password1"));

        assertThat(reason(answer))
                .isEqualTo(
                        "\u662f\u6700\u5bb9\u6613\u88ab\u731c\u5230\u7684\u5bc6\u7801\u4e4b\u4e00\uff0c\u8bf7\u53e6\u9009\u4e00\u4e2a");
    }

    @Test
    void theListIsLongEnough() {
        CommonPasswords common = new CommonPasswords();

        assertThat(common.size()).isGreaterThanOrEqualTo(10_000);
        assertThat(common.contains("qwertyuiop")).isTrue();
        assertThat(common.contains(TestClient.PASSWORD)).isFalse();
    }

    private static Answer register(String name, String email, String password) {
        return SERVICE.client().post("/api/user/register", TestClient.registration(name, email, password));
    }

    private static String reason(Answer answer) {
        assertThat(answer.status()).isEqualTo(422);
        return answer.body().path("detail").path("password").stringValue();
    }
}
