package io.gatehouse.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.support.TestClient;
import io.gatehouse.support.TestService;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class SessionLifetimeTest {

    @RegisterExtension
    private static final TestService SERVICE =
            new TestService().with("SESSION_IDLE_TTL", "3600").with("SESSION_MAX_AGE", "10800");

    @Test
    void idleSessionsEndAndUsedOnesGoOnUntilTheirAbsoluteLimit() {
        TestClient used = SERVICE.client().signedIn("used@example.com");
        TestClient idle = SERVICE.client().signedIn("idle@example.com");

        for (int i = 0; i < 3; i++) {
            SERVICE.clock().move(Duration.ofMinutes(50));
            assertThat(used.get("/api/session").status()).isEqualTo(200);
        }
        assertThat(idle.get("/api/session").code()).isEqualTo(40102);
        SERVICE.clock().move(Duration.ofMinutes(40));
        assertThat(used.get("/api/session").code()).isEqualTo(40102);
    }

    @Test
    void lastSeenIsWrittenBackAndNeverMovesBack() {
        SERVICE.client().signedIn("seen@example.com");
        long id = Long.parseLong(SERVICE.query(
                "select s.id from sessions s join users u on u.id = s.user_id where u.email = 'seen@example.com'"));
        LastSeen lastSeen = new LastSeen();
        try (var database = io.gatehouse.db.Database.open(SERVICE.settings().postgres())) {
            var now = SERVICE.clock().instant();
            Session.User user = new Session.User(1, "", "", List.of());
            Session session = new Session(id, user, now, now.plusSeconds(30), now);
            lastSeen.note(session);
            lastSeen.flush(database);
            String later = lastSeenOf(id);
            lastSeen.note(session.seenAt(now.minusSeconds(30)));
            lastSeen.flush(database);

            assertThat(lastSeenOf(id)).isEqualTo(later);
            assertThat(SERVICE.query("select last_seen_at > created_at from sessions where id = " + id))
                    .isEqualTo("t");
        }
    }

    @Test
    void writeBackIsAtMostOnceAMinuteAndATenthOfTheIdleLimit() {
        assertThat(times(Duration.ofDays(1)).writeBack()).isEqualTo(Duration.ofMinutes(1));
        assertThat(times(Duration.ofSeconds(60)).writeBack()).isEqualTo(Duration.ofSeconds(6));
    }

    private static SessionTimes times(Duration idle) {
        return new SessionTimes(idle, idle.multipliedBy(2), Duration.ofDays(1));
    }

    private static String lastSeenOf(long id) {
        return SERVICE.query("select last_seen_at from sessions where id = " + id);
    }
}
