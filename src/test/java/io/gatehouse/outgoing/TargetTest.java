package io.gatehouse.outgoing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TargetTest {

    @ParameterizedTest
    @CsvSource({
        "https://Example.com, true, example.com, 443, /, example.com",
        "http://example.com:8080/a?b=c, false, example.com, 8080, /a?b=c, example.com:8080",
        "HTTPS://a-b.example.com:443/, true, a-b.example.com, 443, /, a-b.example.com",
        "http://hook?x, false, hook, 80, /?x, hook",
        "http://127.0.0.1:1/%2F/../x, false, 127.0.0.1, 1, /%2F/../x, 127.0.0.1:1",
        "https://[2001:db8::1]:8443/x, true, 2001:db8::1, 8443, /x, [2001:db8::1]:8443",
        "http://1.2.3.4.example.com/, false, 1.2.3.4.example.com, 80, /, 1.2.3.4.example.com",
    })
    void urlsAreTakenApart(String url, boolean secure, String host, int port, String path, String authority) {
        Target target = Target.parse(url);

        assertThat(target.secure()).isEqualTo(secure);
        assertThat(target.host()).isEqualTo(host);
        assertThat(target.port()).isEqualTo(port);
        assertThat(target.path()).isEqualTo(path);
        assertThat(target.authority()).isEqualTo(authority);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // 127.0.0.1 for inet_aton, and with it for curl and browsers.
                "http://2130706433/",
                "http://0x7f000001/",
                "http://0x7f.0.0.1/",
                "http://0177.0.0.1/",
                "http://017700000001/",
                "http://127.1/",
                "http://127.0.1/",
                "http://127.0.0.0x1/",
                "http://127.0.0.01/",
                "http://127.0.0.1./",
                "http://00127.0.0.1/",
                "http://256.1.1.1/",
                "http://1.2.3.4.5/",
                // Percent-encoded, full-width, circled and ideographic-stop spellings.
                "http://%31%32%37.0.0.1/",
                "http://１２７.0.0.1/",
                "http://①②⑦.0.0.1/",
                "http://127。0。0。1/",
                "http://[::1%25lo]/",
                "http://[fe80::1%eth0]/",
                "http://[::1/",
                "http://localhost./",
                "http://-a.example.com/",
                "http://a..example.com/",
                "http://example.com:0/",
                "http://example.com:65536/",
                "http://example.com:80:80/",
                "http://user@example.com/",
                "http://user:password@example.com/",
                "http://example.com@127.0.0.1/",
                "http://example.com\\@127.0.0.1/",
                "http://example.com#@127.0.0.1/",
                "http://example.com/#x",
                "http://example.com/a b",
                "http://example.com/a\r\nX-Evil: 1",
                "http:///path",
                "http:example.com",
                "//example.com/",
                "/path",
                "",
                "ftp://example.com/",
                "file:///etc/passwd",
                "gopher://127.0.0.1:6379/_FLUSHALL",
                "jar:http://example.com/x!/y",
            })
    void whatProgramsReadDifferentlyIsRefused(String url) {
        assertThatThrownBy(() -> Target.parse(url))
                .isInstanceOfSatisfying(
                        OutgoingException.class, e -> assertThat(e.reason()).isEqualTo(Reason.REFUSED_URL))
                .hasMessageNotContainingAny("password", "passwd", "Evil");
    }

    @Test
    void longOnesAreRefused() {
        assertThat(Target.parse("http://example.com/" + "a".repeat(2000)).path())
                .hasSize(2001);
        assertThatThrownBy(() -> Target.parse("http://example.com/" + "a".repeat(2048)))
                .isInstanceOf(OutgoingException.class);
        assertThatThrownBy(() -> Target.parse("http://" + "a".repeat(64) + ".example.com/"))
                .isInstanceOf(OutgoingException.class);
    }
}
