package io.gatehouse.outgoing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.config.Cidr;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressPolicyTest {

    private static final AddressPolicy STRICT = new AddressPolicy(List.of(), List.of());

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0",
                "0.1.2.3",
                "10.0.0.1",
                "100.64.0.1",
                "100.100.100.200",
                "100.127.255.255",
                "127.0.0.1",
                "127.255.255.254",
                "168.63.129.16",
                "169.254.169.254",
                "172.16.0.1",
                "172.31.255.255",
                "192.0.0.192",
                "192.0.2.1",
                "192.88.99.1",
                "192.168.1.1",
                "198.18.0.1",
                "198.19.255.255",
                "198.51.100.1",
                "203.0.113.1",
                "224.0.0.1",
                "239.255.255.255",
                "240.0.0.1",
                "255.255.255.255",
                "::",
                "::1",
                "::7f00:1",
                "::8.8.8.8",
                "::ffff:127.0.0.1",
                "::ffff:10.0.0.1",
                "::ffff:a9fe:a9fe",
                "64:ff9b::7f00:1",
                "64:ff9b::10.1.2.3",
                "64:ff9b::a9fe:a9fe",
                "64:ff9b:1::8.8.8.8",
                "100::1",
                "2001::1",
                "2001:0:7f00:1::",
                "2001:db8::1",
                "2002:7f00:1::",
                "2002:808:808::1",
                "3fff::1",
                "4000::1",
                "5f00::1",
                "fc00::1",
                "fd00:ec2::254",
                "fe80::1",
                "fec0::1",
                "ff02::1",
            })
    void whatIsNotPublicIsRefused(String address) {
        assertThat(STRICT.allows(InetAddress.ofLiteral(address))).isFalse();
        assertThatThrownBy(() -> STRICT.checkAddresses("h", List.of(InetAddress.ofLiteral(address))))
                .isInstanceOfSatisfying(
                        OutgoingException.class, e -> assertThat(e.reason()).isEqualTo(Reason.REFUSED_ADDRESS))
                .hasMessageNotContaining(address);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.1.1.1",
                "8.8.8.8",
                "9.255.255.255",
                "11.0.0.0",
                "100.63.255.255",
                "100.128.0.0",
                "126.255.255.255",
                "128.0.0.0",
                "169.253.255.255",
                "169.255.0.0",
                "172.15.255.255",
                "172.32.0.0",
                "192.167.255.255",
                "192.169.0.0",
                "198.17.255.255",
                "198.20.0.0",
                "223.255.255.255",
                "::ffff:8.8.8.8",
                "64:ff9b::8.8.8.8",
                "2001:200::1",
                "2001:4860:4860::8888",
                "2606:4700::1111",
                "2a00:1450::1",
            })
    void publicAddressesPass(String address) {
        assertThat(STRICT.allows(InetAddress.ofLiteral(address))).isTrue();
    }

    @Test
    void exceptionsOpenWhatTheySayAndNoMore() {
        AddressPolicy policy = new AddressPolicy(
                List.of(),
                List.of(
                        Cidr.parse("10.1.0.0/16").orElseThrow(),
                        Cidr.parse("fd00::/8").orElseThrow()));

        assertThat(policy.allows(InetAddress.ofLiteral("10.1.2.3"))).isTrue();
        assertThat(policy.allows(InetAddress.ofLiteral("64:ff9b::10.1.2.3"))).isTrue();
        assertThat(policy.allows(InetAddress.ofLiteral("fd12::1"))).isTrue();
        assertThat(policy.allows(InetAddress.ofLiteral("10.2.0.1"))).isFalse();
        assertThat(policy.allows(InetAddress.ofLiteral("169.254.169.254"))).isFalse();
        assertThat(policy.allows(InetAddress.ofLiteral("fe80::1"))).isFalse();
    }

    @Test
    void oneBadAddressSpoilsAll() {
        List<InetAddress> mixed = List.of(InetAddress.ofLiteral("8.8.8.8"), InetAddress.ofLiteral("127.0.0.1"));

        assertThatThrownBy(() -> STRICT.checkAddresses("h", mixed)).isInstanceOf(OutgoingException.class);
    }

    @Test
    void onlyListedHostsAreCalled() {
        AddressPolicy policy = new AddressPolicy(List.of("api.example.com", "*.Hooks.example.com"), List.of());

        policy.checkHost("api.example.com");
        policy.checkHost("a.hooks.example.com");
        for (String other : List.of("hooks.example.com", "evilhooks.example.com", "example.com", "api.example.com.x")) {
            assertThatThrownBy(() -> policy.checkHost(other))
                    .isInstanceOfSatisfying(
                            OutgoingException.class, e -> assertThat(e.reason()).isEqualTo(Reason.REFUSED_HOST));
        }
    }
}
