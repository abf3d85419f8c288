package io.gatehouse.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.crypto.CookieSigner;
import io.gatehouse.support.TestClient;
import io.gatehouse.support.TestService;
import io.lettuce.core.api.sync.RedisCommands;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Whom limits count: the live session where one is needed, else the address, whatever else the client makes up. */
class ThrottleClientTest {

    private static final int LIMIT = 4;

    @RegisterExtension
    private static final TestService SERVICE = new TestService()
            .with("TRUSTED_PROXIES", "127.0.0.1/32")
            .with("SHORT_THROTTLE_LIMIT", Integer.toString(LIMIT))
            .with("SHORT_THROTTLE_TTL", "60000");

    /** Believes no proxy. */
    @RegisterExtension
    private static final TestService DIRECT = new TestService()
            .with("SHORT_THROTTLE_LIMIT", Integer.toString(LIMIT))
            .with("SHORT_THROTTLE_TTL", "60000");

    /** What an earlier run has counted may still be there. */
    @BeforeAll
    static void forgetEarlierRuns() {
        SERVICE.eachRedis(RedisCommands::flushall);
    }

    @Test
    void sessionsBehindOneAddressDoNotShare() {
        String address = "198.51.100.1";
        String one = signIn("one@example.com", address);
        String other = from(address).login("one@example.com").cookie();
        String foreign = signIn("foreign@example.com", address);

        assertThat(statuses(i -> from(address).with("Cookie", one))).containsExactly(200, 200, 200, 200, 429);
        assertThat(from(address).with("Cookie", other).get("/api/session").status())
                .isEqualTo(200);
        assertThat(from(address).with("Cookie", foreign).get("/api/session").status())
                .isEqualTo(200);
    }

    @Test
    void aSessionCountsOverAllItsAddressesAndTransports() {
        String cookie = signIn("roaming@example.com", "198.51.100.2");
        String token = URLDecoder.decode(cookie.substring("session=".length()), StandardCharsets.UTF_8);

        assertThat(statuses(i -> i % 2 == 0
                        ? from("203.0.113." + i).with("Cookie", cookie)
                        : from("203.0.113." + i).with("Authorization", "Bearer " + token)))
                .containsExactly(200, 200, 200, 200, 429);
    }

    @Test
    void anAddressThatIsUsedUpDoesNotHarmTheSessionsBehindIt() {
        String address = "198.51.100.3";
        String cookie = signIn("harmless@example.com", address);

        assertThat(statuses(i -> from(address))).containsExactly(401, 401, 401, 401, 429);
        assertThat(from(address).with("Cookie", cookie).get("/api/session").status())
                .isEqualTo(200);
    }

    @Test
    void routesWithoutSessionCountTheAddressWhateverCookieComes() {
        String address = "198.51.100.4";
        List<Integer> statuses = new ArrayList<>();
        for (int i = 0; i <= LIMIT; i++) {
            String cookie = signIn("open" + i + "@example.com", "192.0.2." + i);
            statuses.add(from(address)
                    .with("Cookie", cookie)
                    .post("/api/user/login", "{}")
                    .status());
        }
        assertThat(statuses).containsExactly(422, 422, 422, 422, 429);
        assertThat(from(address).post("/api/user/login", "{}").status()).isEqualTo(429);
        assertThat(from(address).post("/api/user/register", "{}").status()).isEqualTo(422);
    }

    @Test
    void madeUpCookiesMakeNoBucket() {
        String address = "198.51.100.5";

        assertThat(statuses(i -> from(address).with("Cookie", "session=gh_made-up-" + i + ".nonsense")))
                .containsExactly(401, 401, 401, 401, 429);
        assertThat(from(address)
                        .with("Authorization", "Bearer made-up")
                        .get("/api/session")
                        .status())
                .isEqualTo(429);
        assertThat(from(address).get("/api/session").status()).isEqualTo(429);
    }

    @Test
    void wellSignedDeadTokensMakeNoBucket() {
        String address = "198.51.100.6";

        assertThat(statuses(i -> from(address).with("Cookie", "session=" + encoded(signed("gh_dead" + i)))))
                .containsExactly(401, 401, 401, 401, 429);
        assertThat(from(address).get("/api/session").status()).isEqualTo(429);
    }

    @Test
    void oneDeadTokenAgainAndAgainIsCountedToo() {
        String address = "198.51.100.7";
        String cookie = signIn("gone@example.com", address);
        from(address).with("Cookie", cookie).call("POST", "/api/user/logout");

        assertThat(statuses(i -> from(address).with("Cookie", cookie))).containsExactly(401, 401, 401, 401, 429);
        assertThat(from(address).get("/api/session").status()).isEqualTo(429);
    }

    @Test
    void forwardedForOfStrangersMakesNoBucket() {
        assertThat(statuses(i -> DIRECT.client().with("X-Forwarded-For", "198.51.100." + i)))
                .containsExactly(401, 401, 401, 401, 429);
        assertThat(DIRECT.client().get("/api/session").status()).isEqualTo(429);
    }

    @Test
    void whatAClientPutsBeforeTheProxysWordMakesNoBucket() {
        assertThat(statuses(i -> from("203.0.113." + i + ", 198.51.100.8"))).containsExactly(401, 401, 401, 401, 429);
        assertThat(from("198.51.100.8:4711").get("/api/session").status()).isEqualTo(429);
    }

    @Test
    void addressesOfOneIpv6NetworkShare() {
        assertThat(statuses(i -> from("2001:db8:1:2:" + i + "::1"))).containsExactly(401, 401, 401, 401, 429);
        assertThat(from("2001:db8:1:2:ffff:ffff:ffff:ffff").get("/api/session").status())
                .isEqualTo(429);
        assertThat(from("2001:db8:1:3::1").get("/api/session").status()).isEqualTo(401);
    }

    /** Of {@link #LIMIT} requests and one more. */
    private static List<Integer> statuses(IntFunction<TestClient> client) {
        List<Integer> statuses = new ArrayList<>();
        for (int i = 1; i <= LIMIT + 1; i++) {
            statuses.add(client.apply(i).get("/api/session").status());
        }
        return statuses;
    }

    private static String signIn(String email, String address) {
        from(address).register(email);
        return from(address).login(email).cookie();
    }

    private static TestClient from(String address) {
        return SERVICE.client().with("X-Forwarded-For", address);
    }

    private static String signed(String token) {
        return new CookieSigner(List.of(TestService.COOKIE_SECRET.getBytes(StandardCharsets.UTF_8))).sign(token);
    }

    private static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }
}
