package io.gatehouse.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.config.Cidr;
import io.gatehouse.support.LogCapture;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrustedProxiesTest {

    private static final String PROXY = "10.0.0.1";

    private final TrustedProxies proxies = trusting("10.0.0.0/8", "fd00::/8", "192.0.2.80");

    @Test
    void withoutTheHeaderThePeerIsTheClient() {
        assertThat(proxies.client(PROXY, List.of())).isEqualTo(PROXY);
        assertThat(proxies.client("203.0.113.1", List.of())).isEqualTo("203.0.113.1");
    }

    @Test
    void strangersAreNotBelieved() {
        assertThat(proxies.client("203.0.113.1", List.of("198.51.100.7"))).isEqualTo("203.0.113.1");
        assertThat(proxies.client("11.0.0.1", List.of("198.51.100.7"))).isEqualTo("11.0.0.1");
        assertThat(trusting().client(PROXY, List.of("198.51.100.7"))).isEqualTo(PROXY);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "198.51.100.7                          | 198.51.100.7",
                "203.0.113.9, 198.51.100.7             | 198.51.100.7",
                "203.0.113.9, 198.51.100.7, 10.0.0.2   | 198.51.100.7",
                "198.51.100.7,10.9.9.9,192.0.2.80      | 198.51.100.7",
                "198.51.100.7, fd00::5                 | 198.51.100.7",
                "10.0.0.3, 198.51.100.7, 10.0.0.2      | 198.51.100.7",
                "198.51.100.7, 192.0.2.81, 10.0.0.2    | 192.0.2.81",
            })
    void theChainIsWalkedFromTheRightUntilAStranger(String header, String client) {
        assertThat(proxies.client(PROXY, List.of(header))).isEqualTo(client);
    }

    @Test
    void whenAllAreOursTheFarthestIsTheClient() {
        assertThat(proxies.client(PROXY, List.of("10.0.0.3, 10.0.0.2"))).isEqualTo("10.0.0.3");
    }

    @Test
    void severalHeadersAreOneChainInTheirOrder() {
        assertThat(proxies.client(PROXY, List.of("203.0.113.9", "198.51.100.7", "10.0.0.2")))
                .isEqualTo("198.51.100.7");
    }

    @ParameterizedTest
    @CsvSource({
        "198.51.100.7:4711,       198.51.100.7",
        "[2001:db8::7]:443,       2001:db8::7",
        "[2001:db8::7],           2001:db8::7",
        "2001:db8::7,             2001:db8::7",
        "2001:DB8:0:0:0:0:0:7,    2001:db8::7",
        "::ffff:198.51.100.7,     198.51.100.7",
        "[::ffff:198.51.100.7]:8, 198.51.100.7",
    })
    void portsBracketsAndSpellingsDoNotMatter(String hop, String meant) {
        assertThat(proxies.client(PROXY, List.of(hop))).isEqualTo(proxies.client(PROXY, List.of(meant)));
        assertThat(proxies.client(PROXY, List.of(hop))).doesNotContain("[", "]", "4711", "443");
        assertThat(TrustedProxies.bucket(proxies.client(PROXY, List.of(hop)))).isEqualTo(TrustedProxies.bucket(meant));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "unknown",
                "_hidden",
                "",
                " ",
                "localhost",
                "198.51.100.7.8",
                "256.1.1.1",
                "198.51.100.7 x",
                "[2001:db8::7",
                "]:1",
                "[]:1",
                ":",
                "\"198.51.100.7\"",
                "for=198.51.100.7",
                "2001:db8::7::1",
                "198.51.100.7/24",
                "\u0661\u0669\u0668.51.100.7",
            })
    void garbageEndsTheWalkAtTheLastAddressThatIsKnown(String garbage) {
        assertThat(proxies.client(PROXY, List.of(garbage))).isEqualTo(PROXY);
        assertThat(proxies.client(PROXY, List.of("198.51.100.7, " + garbage))).isEqualTo(PROXY);
        assertThat(proxies.client(PROXY, List.of("198.51.100.7, " + garbage + ", 10.0.0.2")))
                .isEqualTo("10.0.0.2");
        assertThat(proxies.client(PROXY, List.of(garbage + ", 198.51.100.7"))).isEqualTo("198.51.100.7");
    }

    @Test
    void anEndlessChainOfOursIsCutSomewhereInIt() {
        String endless = String.join(", ", Collections.nCopies(100_000, "10.0.0.2"));

        assertThat(proxies.client(PROXY, List.of("198.51.100.7, " + endless))).startsWith("10.0.0.");
    }

    @ParameterizedTest
    @CsvSource({
        "2001:db8:1:2::1,             2001:db8:1:2:ffff:ffff:ffff:ffff, true",
        "2001:db8:1:2::1,             2001:0DB8:1:2:0:0:0:1,            true",
        "2001:db8:1:2::1,             2001:db8:1:3::1,                  false",
        "2001:db8::1,                 2001:db8:0:1::1,                  false",
        "2001:db8:1:2::1,             2001:db8:1:2000::1,               false",
        "198.51.100.7,                198.51.100.8,                     false",
        "198.51.100.7,                198.51.100.7,                     true",
        "::1,                         127.0.0.1,                        false",
    })
    void ipv6CountsByNetworkAndIpv4ByAddress(String one, String other, boolean shared) {
        assertThat(TrustedProxies.bucket(one).equals(TrustedProxies.bucket(other)))
                .isEqualTo(shared);
    }

    @Test
    void aStrangersHeaderIsWarnedOfOnce() {
        try (LogCapture logs = LogCapture.info()) {
            proxies.client(PROXY, List.of("198.51.100.7"));
            proxies.client("203.0.113.1", List.of());
            assertThat(warnings(logs)).isEmpty();

            IntStream.range(0, 200).parallel().forEach(i -> proxies.client("203.0.113." + i, List.of("198.51.100.66")));
            assertThat(warnings(logs))
                    .singleElement()
                    .asString()
                    .contains("\"level\":40", "TRUSTED_PROXIES")
                    .doesNotContain("198.51.100.66");
        }
    }

    private static List<String> warnings(LogCapture logs) {
        return logs.lines().stream()
                .filter(line -> line.contains("X-Forwarded-For"))
                .toList();
    }

    private static TrustedProxies trusting(String... ranges) {
        return new TrustedProxies(Arrays.stream(ranges)
                .map(range -> Cidr.parse(range).orElseThrow())
                .toList());
    }
}
