package io.gatehouse.user;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.support.TestClient;
import io.gatehouse.support.TestClient.Answer;
import io.gatehouse.support.TestService;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What an account's change does to a sign-in whose password is being hashed at that time. */
class SignInRaceTest {

    /** A hash takes some 100 ms, so that changes can be committed within. */
    @RegisterExtension
    private static final TestService SERVICE = new TestService()
            .with("ARGON2_MEMORY_KIB", "65536")
            .with("ARGON2_TIME_COST", "4")
            .with("ARGON2_PARALLELISM", "2");

    private static final int DELAYS = 7;
    private static final int STEP_MS = 25;

    @Test
    void aBanCommittedMeanwhileLeavesNoLiveSession() throws Exception {
        List<Integer> codes = new ArrayList<>();
        for (int i = 0; i < DELAYS; i++) {
            String email = "ban" + i + "@example.com";
            SERVICE.client().register(email);
            CompletableFuture<Answer> login = SERVICE.client().postAsync("/api/user/login", login(email));
            TimeUnit.MILLISECONDS.sleep((long) i * STEP_MS);
            // What Users.ban does, without its two seconds of starting a process.
            SERVICE.execute("begin; update users set status = 2 where email = '" + email + "';"
                    + " update sessions set ended_at = now(), end_reason = 'banned' where ended_at is null and user_id ="
                    + " (select id from users where email = '" + email + "'); commit");
            codes.add(login.get(20, TimeUnit.SECONDS).code());

            assertThat(live(email))
                    .as("banned after %d ms: %s", i * STEP_MS, codes)
                    .isEqualTo("0");
        }
        assertThat(codes).as("some ban came within the hashing").contains(40302);
    }

    @Test
    void aNewPasswordCommittedMeanwhileLeavesNoSessionOfTheOldOne() throws Exception {
        String email = "change@example.com";
        TestClient owner = SERVICE.client().signedIn(email);
        String password = TestClient.PASSWORD;
        List<Integer> codes = new ArrayList<>();
        for (int i = 0; i < DELAYS; i++) {
            String next = TestClient.PASSWORD + i;
            CompletableFuture<Answer> login = SERVICE.client()
                    .postAsync("/api/user/login", "{\"email\":\"" + email + "\",\"password\":\"" + password + "\"}");
            TimeUnit.MILLISECONDS.sleep((long) i * STEP_MS);
            Answer changed =
                    owner.put("/api/user/password", "{\"current\":\"" + password + "\",\"password\":\"" + next + "\"}");
            assertThat(changed.status()).isEqualTo(200);
            owner = SERVICE.client().with("Cookie", changed.cookie());
            codes.add(login.get(20, TimeUnit.SECONDS).code());

            assertThat(live(email))
                    .as("changed after %d ms: %s", i * STEP_MS, codes)
                    .isEqualTo("1");
            assertThat(owner.get("/api/session").status()).isEqualTo(200);
            password = next;
        }
    }

    private static String live(String email) {
        return SERVICE.query("select count(*) from sessions s join users u on u.id = s.user_id"
                + " where s.ended_at is null and u.email = '" + email + "'");
    }

    private static String login(String email) {
        return "{\"email\":\"" + email + "\",\"password\":\"" + TestClient.PASSWORD + "\"}";
    }
}
