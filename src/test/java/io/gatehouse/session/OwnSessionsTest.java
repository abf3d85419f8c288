package io.gatehouse.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.support.TestClient;
import io.gatehouse.support.TestClient.Answer;
import io.gatehouse.support.TestService;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/** What a user sees of the own sessions, and how they end, on two replicas. */
class OwnSessionsTest {

    @Order(1)
    @RegisterExtension
    private static final TestService FIRST = new TestService();

    @Order(2)
    @RegisterExtension
    private static final TestService SECOND = new TestService().beside(FIRST);

    @Test
    void aSessionIsListedWithAllThatHelpsToRecogniseIt() {
        Instant before = FIRST.clock().instant();
        TestClient client = FIRST.client().with("User-Agent", "Browser/1.0").signedIn("listed@example.com");

        JsonNode list = client.get("/api/sessions").data();

        assertThat(list).hasSize(1);
        JsonNode session = list.get(0);
        assertThat(session.propertyNames())
                .containsExactly("id", "createdAt", "lastSeenAt", "expiresAt", "address", "userAgent", "current");
        assertThat(session.path("id").stringValue())
                .matches("\\d{15,19}")
                .isEqualTo(client.get("/api/session").data().path("id").stringValue());
        for (String time : List.of("createdAt", "lastSeenAt", "expiresAt")) {
            assertThat(session.path(time).stringValue()).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");
        }
        assertThat(instant(session, "createdAt")).isBetween(before.minusSeconds(1), before.plusSeconds(30));
        assertThat(instant(session, "lastSeenAt")).isAfterOrEqualTo(instant(session, "createdAt"));
        assertThat(instant(session, "expiresAt"))
                .isEqualTo(instant(session, "createdAt").plus(Duration.ofDays(30)));
        assertThat(session.path("address").stringValue()).isEqualTo("127.0.0.1");
        assertThat(session.path("userAgent").stringValue()).isEqualTo("Browser/1.0");
        assertThat(session.path("current").booleanValue()).isTrue();
    }

    @Test
    void theNewestComesFirstOnlyOneIsCurrentAndNobodyElsesIsThere() {
        FIRST.client().signedIn("stranger@example.com");
        FIRST.client().register("several@example.com");
        List<TestClient> clients = new ArrayList<>();
        for (String agent : List.of("one", "two", "three")) {
            TestClient client = FIRST.client().with("User-Agent", agent);
            clients.add(
                    client.with("Cookie", client.login("several@example.com").cookie()));
            // Whoever was seen last is not whoever signed in last.
            clients.getFirst().get("/api/session");
        }

        JsonNode list = clients.get(1).get("/api/sessions").data();

        assertThat(list)
                .extracting(session -> session.path("userAgent").stringValue())
                .containsExactly("three", "two", "one");
        assertThat(list)
                .extracting(session -> session.path("current").booleanValue())
                .containsExactly(false, true, false);
    }

    @Test
    void endingAnotherOwnSessionKillsItAtOnceEverywhere() {
        TestClient kept = FIRST.client().signedIn("ending@example.com");
        String cookie = FIRST.client().login("ending@example.com").cookie();
        seenOnBoth(cookie);

        Answer answer = kept.call("DELETE", "/api/sessions/" + idOf(cookie));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Set-Cookie")).isEmpty();
        deadOnBoth(cookie);
        assertThat(kept.get("/api/sessions").data()).hasSize(1);
    }

    @Test
    void endingTheOwnSessionClearsTheCookie() {
        FIRST.client().register("leaving@example.com");
        String cookie = FIRST.client().login("leaving@example.com").cookie();

        Answer answer = FIRST.client().with("Cookie", cookie).call("DELETE", "/api/sessions/" + idOf(cookie));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Set-Cookie")).startsWith("session=; Max-Age=0;");
        deadOnBoth(cookie);
    }

    @Test
    void endingTheOwnSessionByBearerSetsNoCookie() {
        FIRST.client().register("program@example.com");
        String cookie = FIRST.client().login("program@example.com").cookie();
        String token = URLDecoder.decode(cookie.substring("session=".length()), StandardCharsets.UTF_8);

        Answer answer =
                FIRST.client().with("Authorization", "Bearer " + token).call("DELETE", "/api/sessions/" + idOf(cookie));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Set-Cookie")).isEmpty();
        deadOnBoth(cookie);
    }

    @Test
    void sessionsOfOthersEndedOnesAndNonsenseAreNotThere() {
        TestClient client = FIRST.client().signedIn("curious@example.com");
        FIRST.client().register("other@example.com");
        String others = FIRST.client().login("other@example.com").cookie();
        String ended = FIRST.client().login("curious@example.com").cookie();
        String endedId = idOf(ended);
        FIRST.client().with("Cookie", ended).call("POST", "/api/user/logout");

        for (String id : List.of(
                idOf(others), endedId, "abc", "0", "-1", "1.5", "%20", "99999999999999999999999", "1e3", "null")) {
            assertThat(client.call("DELETE", "/api/sessions/" + id).code())
                    .as(id)
                    .isEqualTo(40400);
        }
        assertThat(FIRST.client().with("Cookie", others).get("/api/session").status())
                .isEqualTo(200);
        assertThat(client.get("/api/sessions").data()).hasSize(1);
    }

    @Test
    void endingAllOthersLeavesThisOneAndThoseOfOtherUsers() {
        FIRST.client().register("tidy@example.com");
        String kept = FIRST.client().login("tidy@example.com").cookie();
        String one = FIRST.client().login("tidy@example.com").cookie();
        String two = SECOND.client().login("tidy@example.com").cookie();
        FIRST.client().register("neighbour@example.com");
        String neighbour = FIRST.client().login("neighbour@example.com").cookie();
        seenOnBoth(one);
        seenOnBoth(two);

        Answer answer = FIRST.client().with("Cookie", kept).call("DELETE", "/api/sessions");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Set-Cookie")).isEmpty();
        deadOnBoth(one);
        deadOnBoth(two);
        seenOnBoth(kept);
        seenOnBoth(neighbour);
    }

    @Test
    void signingInWithALiveCookieEndsTheOldSessionOnly() {
        FIRST.client().register("again@example.com");
        String elsewhere = FIRST.client().login("again@example.com").cookie();
        String old = FIRST.client().login("again@example.com").cookie();
        seenOnBoth(old);

        TestClient browser = SECOND.client().with("Cookie", old);
        assertThat(browser.login("again@example.com", "not the password").status())
                .isEqualTo(401);
        seenOnBoth(old);
        String next = browser.login("again@example.com").cookie();

        assertThat(next).isNotEqualTo(old);
        deadOnBoth(old);
        seenOnBoth(next);
        seenOnBoth(elsewhere);
    }

    @Test
    void withoutASessionThereIsNothingToSeeOrEnd() {
        assertThat(FIRST.client().get("/api/sessions").code()).isEqualTo(40100);
        assertThat(FIRST.client().call("DELETE", "/api/sessions").code()).isEqualTo(40100);
        assertThat(FIRST.client().call("DELETE", "/api/sessions/1").code()).isEqualTo(40100);
    }

    private static void seenOnBoth(String cookie) {
        for (TestService service : List.of(FIRST, SECOND)) {
            assertThat(service.client()
                            .with("Cookie", cookie)
                            .get("/api/session")
                            .status())
                    .isEqualTo(200);
        }
    }

    private static void deadOnBoth(String cookie) {
        for (TestService service : List.of(SECOND, FIRST)) {
            assertThat(service.client()
                            .with("Cookie", cookie)
                            .get("/api/session")
                            .code())
                    .isEqualTo(40102);
        }
    }

    private static String idOf(String cookie) {
        return FIRST.client()
                .with("Cookie", cookie)
                .get("/api/session")
                .data()
                .path("id")
                .stringValue();
    }

    private static Instant instant(JsonNode session, String field) {
        return Instant.parse(session.path(field).stringValue());
    }
}
