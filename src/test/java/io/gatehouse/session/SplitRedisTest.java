package io.gatehouse.session;

import static io.gatehouse.support.Await.pause;
import static io.gatehouse.support.Await.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.support.BreakerMetrics;
import io.gatehouse.support.RedisProcess;
import io.gatehouse.support.RedisSwitch;
import io.gatehouse.support.TestClient;
import io.gatehouse.support.TestService;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * A failover that has moved one of two replicas to the promoted Redis, while the other still uses the old one, which
 * goes on taking writes: what one replica changes the other has to learn, too.
 */
class SplitRedisTest {

    /** As where the revoking replica cannot reach Redis; the rows are looked for once a second. */
    private static final Duration LATEST = Duration.ofSeconds(2);

    private static final Duration RECOVERY = Duration.ofSeconds(5);

    /** As long as a row is kept, and a few looks at it. */
    private static final Duration GONE = Duration.ofSeconds(20);

    private static final RedisSwitch LINE = RedisSwitch.to(SplitRedisTest::oldPort);

    @RegisterExtension
    @Order(1)
    private static final TestService STAYED = new TestService().withOwnRedis();

    @RegisterExtension
    @Order(2)
    private static final TestService MOVED =
            new TestService().beside(STAYED).with("REDIS_PORT", Integer.toString(LINE.port()));

    private static RedisProcess promoted;

    private static int oldPort() {
        return STAYED.ownRedis().port();
    }

    @BeforeAll
    static void failOver(@TempDir Path folder) throws IOException {
        promoted = new RedisProcess(folder);
        promoted.start();
        promoted.replicaOf(STAYED.ownRedis());
        promoted.promote();
        LINE.leadTo(promoted.port());
        LINE.cut();
        TestClient client = MOVED.client().signedIn("split@example.com");
        assertThat(until(RECOVERY, () -> {
                    client.get("/api/session");
                    return BreakerMetrics.closed(MOVED) && copies(promoted) > 0;
                }))
                .as("one replica has moved")
                .isTrue();
    }

    @AfterAll
    static void end() {
        promoted.close();
        LINE.close();
    }

    @Test
    void aLogoutAtEitherReachesTheOther() {
        String moved = signIn("moved@example.com");
        String stayed = signIn("stayed@example.com");

        assertReaches(MOVED, STAYED, moved);
        assertReaches(STAYED, MOVED, stayed);

        assertThat(until(GONE, SplitRedisTest::nothingWaits)).as("the rows go").isTrue();
        for (TestService each : List.of(MOVED, STAYED)) {
            assertThat(isEnded(each, moved)).isTrue();
            assertThat(isEnded(each, stayed)).isTrue();
        }
    }

    private static void assertReaches(TestService revoking, TestService other, String cookie) {
        assertThat(at(revoking, cookie).call("POST", "/api/user/logout").status())
                .isEqualTo(200);

        assertThat(at(revoking, cookie).get("/api/session").code()).isEqualTo(40102);
        assertThat(until(LATEST, () -> isEnded(other, cookie)))
                .as("ended at the other, too")
                .isTrue();
    }

    @Test
    void aNewNameReachesTheOther() {
        String cookie = signIn("name@example.com");

        assertThat(at(MOVED, cookie)
                        .patch("/api/user/profile", "{\"name\":\"Countess\"}")
                        .status())
                .isEqualTo(200);

        assertThat(name(MOVED, cookie)).isEqualTo("Countess");
        assertThat(until(LATEST, () -> name(STAYED, cookie).equals("Countess"))).isTrue();
    }

    @Test
    void aChangeThatIsCommittedAfterALaterOneIsNotMissed() {
        String early = signIn("early@example.com");
        String late = signIn("late@example.com");
        CompletableFuture<Void> slow = CompletableFuture.runAsync(() -> STAYED.execute("""
                begin;
                update sessions set ended_at = now(), end_reason = 'test'
                 where user_id = (select id from users where email = 'early@example.com');
                insert into invalidations (user_id, token_hash)
                select user_id, token_hash from sessions where end_reason = 'test';
                select pg_sleep(3);
                commit"""));
        pause(Duration.ofMillis(500));
        assertThat(at(MOVED, late).call("POST", "/api/user/logout").status()).isEqualTo(200);
        assertThat(until(LATEST, () -> isEnded(STAYED, late))).isTrue();
        assertThat(isEnded(STAYED, early)).isFalse();
        slow.join();

        assertThat(until(LATEST, () -> isEnded(STAYED, early) && isEnded(MOVED, early)))
                .isTrue();
    }

    @Test
    void aRowThatIsKeptForOthersIsCarriedOutOnce() {
        String cookie = signIn("once@example.com");
        assertThat(at(STAYED, cookie)
                        .patch("/api/user/profile", "{\"name\":\"Countess\"}")
                        .status())
                .isEqualTo(200);
        pause(LATEST);

        long before = deletions();
        assertThat(nothingWaits()).as("the row is still there").isFalse();
        pause(LATEST);
        assertThat(deletions()).isEqualTo(before);
    }

    /** A new account's session, whose copy lies in both. */
    private static String signIn(String email) {
        STAYED.client().register(email);
        String cookie = STAYED.client().login(email).cookie();
        for (TestService service : List.of(STAYED, MOVED)) {
            assertThat(at(service, cookie).get("/api/session").status()).isEqualTo(200);
        }
        return cookie;
    }

    private static TestClient at(TestService service, String cookie) {
        return service.client().with("Cookie", cookie);
    }

    private static boolean isEnded(TestService service, String cookie) {
        return at(service, cookie).get("/api/session").code() == 40102;
    }

    private static String name(TestService service, String cookie) {
        return at(service, cookie)
                .get("/api/session")
                .data()
                .path("user")
                .path("name")
                .stringValue("none");
    }

    private static boolean nothingWaits() {
        return STAYED.query("select count(*) from invalidations").equals("0");
    }

    private static long copies(RedisProcess redis) {
        return redis.command(STAYED.settings().redis().database(), commands -> commands.keys("*:s:{*"))
                .size();
    }

    private static long deletions() {
        return STAYED.redisCommands(commands -> commands.info("commandstats"))
                .lines()
                .filter(line -> line.startsWith("cmdstat_del:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("cmdstat_del:calls=(\\d+),.*", "$1")))
                .sum();
    }
}
