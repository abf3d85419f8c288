package io.gatehouse.user;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.support.TestClient;
import io.gatehouse.support.TestClient.Answer;
import io.gatehouse.support.TestService;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Strangers who fail at an account do not lock out a device that has signed in to it before. */
class DeviceMarkTest {

    private static final int LIMIT = 4;
    private static final String WRONG = "not the password";
    private static final String NEXT_PASSWORD = "another horse, another battery";

    @RegisterExtension
    private static final TestService SERVICE = new TestService().with("LOGIN_THROTTLE_LIMIT", Integer.toString(LIMIT));

    /** What an earlier run has counted may still be there. */
    @BeforeAll
    static void forgetEarlierRuns() {
        SERVICE.eachRedis(RedisCommands::flushall);
    }

    @Test
    void theMarkIsACookieOutOfReachOfScriptsFor180Days() {
        client().register("marked@example.com");

        assertThat(client().login("marked@example.com").response().headers().allValues("Set-Cookie"))
                .hasSize(2)
                .last()
                .asString()
                .matches("device=[^;]+; Max-Age=15552000; Path=/; HttpOnly; SameSite=Strict");
    }

    @Test
    void aKnownDeviceGetsInWhileStrangersAreLockedOut() {
        String device = signUp("known-device@example.com");
        lockOut("known-device@example.com");

        assertThat(client().login("known-device@example.com").status()).isEqualTo(429);
        assertThat(with(device).login("known-device@example.com").status()).isEqualTo(200);
    }

    @Test
    void bearerClientsKeepAndSendTheMarkInTheBody() {
        client().register("app@example.com");
        String device = bearerLogin("app@example.com", TestClient.PASSWORD, "")
                .data()
                .path("device")
                .stringValue();
        lockOut("app@example.com");

        assertThat(bearerLogin("app@example.com", TestClient.PASSWORD, "").status())
                .isEqualTo(429);
        assertThat(bearerLogin("app@example.com", TestClient.PASSWORD, device).status())
                .isEqualTo(200);
        assertThat(bearerLogin("app@example.com", TestClient.PASSWORD, device + "x")
                        .status())
                .isEqualTo(429);
    }

    @Test
    void aDeviceHasACounterOfItsOwn() {
        String device = signUp("counted@example.com");
        String second = mark(client().login("counted@example.com"));

        for (int i = 0; i < LIMIT; i++) {
            assertThat(with(device).login("counted@example.com", WRONG).status())
                    .isEqualTo(401);
        }
        assertThat(with(device).login("counted@example.com").status()).isEqualTo(429);
        assertThat(with(second).login("counted@example.com").status()).isEqualTo(200);
        assertThat(client().login("counted@example.com").status()).isEqualTo(200);
    }

    @Test
    void successForgetsTheFailuresOfTheDevice() {
        String device = signUp("clean@example.com");
        for (int round = 0; round < 2; round++) {
            for (int i = 1; i < LIMIT; i++) {
                assertThat(with(device).login("clean@example.com", WRONG).status())
                        .isEqualTo(401);
            }
            assertThat(with(device).login("clean@example.com").status()).isEqualTo(200);
        }
    }

    @Test
    void theMarkOfAnotherAccountDoesNotHelp() {
        String attackers = signUp("attacker@example.com");
        client().register("victim@example.com");
        lockOut("victim@example.com");

        assertThat(with(attackers).login("victim@example.com").status()).isEqualTo(429);
        String forged = attackers.replace(idOf("attacker@example.com"), idOf("victim@example.com"));
        assertThat(forged).isNotEqualTo(attackers);
        assertThat(with(forged).login("victim@example.com").status()).isEqualTo(429);
    }

    @Test
    void aForgedMarkDoesNotHelp() {
        String device = signUp("forged@example.com");
        lockOut("forged@example.com");
        int middle = device.lastIndexOf('_') + 5;

        for (String forged : List.of(
                flipped(device, middle), flipped(device, device.length() - 10), device + "A", "x" + device, "~", "")) {
            assertThat(with(forged).login("forged@example.com").status())
                    .as(forged)
                    .isEqualTo(429);
        }
        assertThat(with(device).login("forged@example.com").status()).isEqualTo(200);
    }

    @Test
    void aNewPasswordVoidsEveryMarkAndGivesANewOne() throws Exception {
        client().register("moved@example.com");
        Answer login = client().login("moved@example.com");
        String device = mark(login);
        String renewed = mark(changePassword(login.cookie()));
        for (int i = 0; i < LIMIT; i++) {
            client().login("moved@example.com", WRONG);
        }

        assertThat(with(device).login("moved@example.com", NEXT_PASSWORD).status())
                .isEqualTo(429);
        assertThat(with(renewed).login("moved@example.com", NEXT_PASSWORD).status())
                .isEqualTo(200);
    }

    @Test
    void aBrowserIsRememberedForItsFiveLatestAccounts() {
        String held = "";
        List<String> emails = new ArrayList<>();
        for (int i = 1; i <= 6; i++) {
            String email = "family" + i + "@example.com";
            emails.add(email);
            client().register(email);
            held = mark(with(held).login(email));
        }
        emails.forEach(DeviceMarkTest::lockOut);

        String last = held;
        assertThat(emails)
                .extracting(email -> with(last).login(email).status())
                .containsExactly(429, 200, 200, 200, 200, 200);
    }

    /** A new account's mark. */
    private static String signUp(String email) {
        client().register(email);
        return mark(client().login(email));
    }

    private static void lockOut(String email) {
        for (int i = 0; i < LIMIT; i++) {
            assertThat(client().login(email, WRONG).status()).isEqualTo(401);
        }
    }

    private static String mark(Answer answer) {
        assertThat(answer.status()).isEqualTo(200);
        return answer.response().headers().allValues("Set-Cookie").stream()
                .filter(cookie -> cookie.startsWith("device="))
                .map(cookie -> cookie.substring("device=".length(), cookie.indexOf(';')))
                .map(value -> URLDecoder.decode(value, StandardCharsets.UTF_8))
                .findFirst()
                .orElseThrow();
    }

    private static TestClient with(String device) {
        return client().with("Cookie", "device=" + URLEncoder.encode(device, StandardCharsets.UTF_8));
    }

    private static Answer bearerLogin(String email, String password, String device) {
        return client().post(
                        "/api/user/login",
                        "{\"email\":\"%s\",\"password\":\"%s\",\"transport\":\"bearer\",\"device\":\"%s\"}"
                                .formatted(email, password, device));
    }

    private static Answer changePassword(String cookie) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + SERVICE.port() + "/api/user/password"))
                .header("Content-Type", "application/json")
                .header("Cookie", cookie)
                .PUT(BodyPublishers.ofString(
                        "{\"current\":\"" + TestClient.PASSWORD + "\",\"password\":\"" + NEXT_PASSWORD + "\"}"))
                .build();
        try (HttpClient http = HttpClient.newHttpClient()) {
            var response = http.send(request, BodyHandlers.ofString());
            return new Answer(response.statusCode(), response);
        }
    }

    private static String idOf(String email) {
        return SERVICE.query("select id from users where email = '" + email + "'");
    }

    private static String flipped(String text, int at) {
        char other = text.charAt(at) == 'A' ? 'B' : 'A';
        return text.substring(0, at) + other + text.substring(at + 1);
    }

    private static TestClient client() {
        return SERVICE.client();
    }
}
