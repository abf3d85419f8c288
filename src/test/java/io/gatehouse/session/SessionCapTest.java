package io.gatehouse.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.support.TestClient;
import io.gatehouse.support.TestService;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** At most 100 live sessions of an account; and which sessions are live. */
class SessionCapTest {

    @RegisterExtension
    private static final TestService SERVICE = new TestService().with("SESSION_IDLE_TTL", "3600");

    @Test
    void theHundredAndFirstEndsTheOldest() {
        TestClient oldest = SERVICE.client().signedIn("capped@example.com");
        insertSessions("capped@example.com", 98);
        TestClient hundredth = again("capped@example.com");
        assertThat(oldest.get("/api/session").status()).isEqualTo(200);
        assertThat(hundredth.get("/api/sessions").data()).hasSize(100);

        TestClient next = again("capped@example.com");

        assertThat(oldest.get("/api/session").code()).isEqualTo(40102);
        assertThat(hundredth.get("/api/session").status()).isEqualTo(200);
        assertThat(next.get("/api/sessions").data()).hasSize(100);
    }

    @Test
    void othersSessionsDoNotCount() {
        TestClient bystander = SERVICE.client().signedIn("bystander@example.com");
        SERVICE.client().signedIn("crowd@example.com");
        insertSessions("crowd@example.com", 99);
        again("crowd@example.com");

        assertThat(bystander.get("/api/session").status()).isEqualTo(200);
        assertThat(bystander.get("/api/sessions").data()).hasSize(1);
    }

    /** A script that signs in every hour and never out must not end the browser's session. */
    @Test
    void sessionsThatDiedOfIdlenessDoNotCount() {
        TestClient used = SERVICE.client().signedIn("script@example.com");
        insertSessions("script@example.com", 99);
        for (int i = 0; i < 3; i++) {
            SERVICE.clock().move(Duration.ofMinutes(40));
            assertThat(used.get("/api/session").status()).isEqualTo(200);
        }

        TestClient next = again("script@example.com");

        assertThat(next.get("/api/session").status()).isEqualTo(200);
        assertThat(used.get("/api/session").status()).isEqualTo(200);
    }

    /** PostgreSQL learns up to two minutes late when a session was seen; its user must see it all the same. */
    @Test
    void theOwnSessionIsListedAlsoAfterALongBreak() {
        TestClient client = SERVICE.client().signedIn("back@example.com");
        client.get("/api/session");
        SERVICE.clock().move(Duration.ofSeconds(59));
        client.get("/api/session");
        SERVICE.clock().move(Duration.ofSeconds(3590));

        var list = client.get("/api/sessions").data();

        assertThat(list).hasSize(1);
        assertThat(list.get(0).path("current").booleanValue()).isTrue();
    }

    /** Each a little younger than the account's youngest. */
    private static void insertSessions(String email, int number) {
        SERVICE.execute("""
                insert into sessions
                    (id, token_hash, user_id, created_at, last_seen_at, expires_at, address, user_agent)
                select s.id + g, sha256((s.id || '-' || g)::bytea), s.user_id, s.created_at + g * interval '1 microsecond',
                    s.last_seen_at, s.expires_at, s.address, s.user_agent
                from sessions s join users u on u.id = s.user_id, generate_series(1, %d) g
                where u.email = '%s'
                """.formatted(number, email));
    }

    private static TestClient again(String email) {
        return SERVICE.client().with("Cookie", SERVICE.client().login(email).cookie());
    }
}
