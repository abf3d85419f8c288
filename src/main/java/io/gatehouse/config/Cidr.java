package io.gatehouse.config;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A range of addresses, IPv4 or IPv6; an address alone is a range of one. Immutable.
 *
 * @param network its first address
 * @param bits of {@code network} that an address must share
 */
public record Cidr(InetAddress network, int bits) {

    private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");

    /** Reads {@code 10.0.0.0/8}, {@code fd00::/8} or an address; empty for anything else, host names included. */
    public static Optional<Cidr> parse(String text) {
        String[] parts = text.split("/", 2);
        try {
            InetAddress network = address(parts[0]).orElseThrow(() -> new IllegalArgumentException(text));
            int width = network.getAddress().length * Byte.SIZE;
            int bits = parts.length == 1 ? width : Integer.parseInt(parts[1]);
            return bits >= 0 && bits <= width ? Optional.of(new Cidr(network, bits)) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** An address as it is written in full; the JDK would take {@code 192.168} for 192.0.0.168. */
    public static Optional<InetAddress> address(String text) {
        if (text.indexOf(':') < 0 && !IPV4.matcher(text).matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(InetAddress.ofLiteral(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Whether the address lies within; one of the other family never does. */
    public boolean contains(InetAddress address) {
        byte[] wanted = network.getAddress();
        byte[] given = address.getAddress();
        int whole = bits / Byte.SIZE;
        return wanted.length == given.length
                && Arrays.equals(wanted, 0, whole, given, 0, whole)
                && (bits % Byte.SIZE == 0 || sameStart(wanted[whole], given[whole], bits % Byte.SIZE));
    }

    private static boolean sameStart(byte left, byte right, int bits) {
        return ((left ^ right) & 0xFF) >>> (Byte.SIZE - bits) == 0;
    }
}
