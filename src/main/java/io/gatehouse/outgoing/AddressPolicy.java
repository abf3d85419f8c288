package io.gatehouse.outgoing;

import io.gatehouse.config.Cidr;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Where a client may connect to. Without exceptions only to public addresses: the ranges are those of IANA's
 * special-purpose registries (RFC 6890), and Azure's metadata server, which has a public address. IPv6 is only let
 * through below 2000::/3; addresses that carry an IPv4 address (6to4, Teredo, IPv4-compatible) are dead technology and
 * refused, but for NAT64, where the IPv4 address decides. Java turns IPv4-mapped ones into IPv4 by itself. Immutable.
 */
final class AddressPolicy {

    private static final List<Cidr> SPECIAL_IPV4 = ranges(
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "168.63.129.16",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",
            "240.0.0.0/4");

    private static final Cidr GLOBAL_IPV6 = ranges("2000::/3").getFirst();
    private static final List<Cidr> SPECIAL_IPV6 = ranges("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20");
    private static final Cidr NAT64 = ranges("64:ff9b::/96").getFirst();

    private final List<String> hosts;
    private final List<Cidr> exceptions;

    /**
     * @param hosts names and addresses that may be called, {@code *.example.com} for all below; empty: any
     * @param exceptions ranges that are let through although they are not public
     */
    AddressPolicy(List<String> hosts, List<Cidr> exceptions) {
        this.hosts = hosts.stream().map(host -> host.toLowerCase(Locale.ROOT)).toList();
        this.exceptions = List.copyOf(exceptions);
    }

    /**
     * Looks at what the URL says.
     *
     * @throws OutgoingException {@code REFUSED_HOST}
     */
    void checkHost(String host) {
        if (!hosts.isEmpty() && hosts.stream().noneMatch(allowed -> matches(allowed, host))) {
            throw OutgoingException.of(Reason.REFUSED_HOST, host, "is not in the list of allowed hosts");
        }
    }

    /**
     * Looks at what the host resolved to. One bad address spoils all: who mixes them is up to something.
     *
     * @throws OutgoingException {@code REFUSED_ADDRESS}
     */
    void checkAddresses(String host, List<InetAddress> addresses) {
        if (!addresses.stream().allMatch(this::allows)) {
            // Not which one: that would tell a stranger about the network.
            throw OutgoingException.of(Reason.REFUSED_ADDRESS, host, "is not a public address");
        }
    }

    boolean allows(InetAddress address) {
        if (exceptions.stream().anyMatch(range -> range.contains(address))) {
            return true;
        }
        if (!(address instanceof Inet6Address)) {
            return SPECIAL_IPV4.stream().noneMatch(range -> range.contains(address));
        }
        if (NAT64.contains(address)) {
            return allows(embedded(address));
        }
        return GLOBAL_IPV6.contains(address) && SPECIAL_IPV6.stream().noneMatch(range -> range.contains(address));
    }

    private static InetAddress embedded(InetAddress nat64) {
        try {
            return InetAddress.getByAddress(Arrays.copyOfRange(nat64.getAddress(), 12, 16));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("Four bytes are an address", e);
        }
    }

    private static boolean matches(String allowed, String host) {
        return allowed.startsWith("*.") ? host.endsWith(allowed.substring(1)) : host.equals(allowed);
    }

    private static List<Cidr> ranges(String... texts) {
        return Stream.of(texts).map(text -> Cidr.parse(text).orElseThrow()).toList();
    }
}
