package io.gatehouse.http;

import io.gatehouse.config.Cidr;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the client behind proxies: {@code X-Forwarded-For} is walked from the right as long as the address before was
 * one of ours. Thread-safe.
 */
final class TrustedProxies {

    private static final Logger log = LoggerFactory.getLogger(TrustedProxies.class);

    /** More hops than any sane chain; the rest of a longer header is not looked at. */
    private static final int MOST_HOPS = 32;

    private final List<Cidr> trusted;
    private final AtomicBoolean warned = new AtomicBoolean();

    TrustedProxies(List<Cidr> trusted) {
        this.trusted = trusted;
    }

    /**
     * The nearest address that is not one of our proxies.
     *
     * @param peer of the connection
     * @param forwarded the values of {@code X-Forwarded-For}, in order
     */
    String client(String peer, List<String> forwarded) {
        if (forwarded.isEmpty()) {
            return peer;
        }
        if (!ours(peer)) {
            warnOnce(peer);
            return peer;
        }
        String[] hops = String.join(",", forwarded).split(",", -1);
        String client = peer;
        for (int i = hops.length - 1; i >= Math.max(0, hops.length - MOST_HOPS) && ours(client); i--) {
            Optional<InetAddress> hop = literal(hops[i].strip());
            if (hop.isEmpty()) {
                return client;
            }
            client = hop.get().getHostAddress();
        }
        return client;
    }

    private boolean ours(String address) {
        return !trusted.isEmpty()
                && literal(address)
                        .filter(it -> trusted.stream().anyMatch(range -> range.contains(it)))
                        .isPresent();
    }

    private void warnOnce(String peer) {
        if (warned.compareAndSet(false, true)) {
            log.atWarn()
                    .addKeyValue("peer", peer)
                    .log("a peer outside TRUSTED_PROXIES sends X-Forwarded-For, which is not believed; if it is your"
                            + " proxy, name it there; this is said once");
        }
    }

    /** Some proxies add a port. */
    private static Optional<InetAddress> literal(String text) {
        String bare = text;
        if (text.startsWith("[") && text.indexOf(']') > 0) {
            bare = text.substring(1, text.indexOf(']'));
        } else if (text.indexOf(':') >= 0 && text.indexOf(':') == text.lastIndexOf(':')) {
            bare = text.substring(0, text.indexOf(':'));
        }
        return Cidr.address(bare);
    }

    /** What limits count by: an IPv4 address, or the first 64 bits of an IPv6 address, which one client has to itself. */
    static String bucket(String address) {
        byte[] bytes = literal(address).map(InetAddress::getAddress).orElse(new byte[0]);
        if (bytes.length != 16) {
            return address;
        }
        StringBuilder network = new StringBuilder();
        for (int i = 0; i < 8; i += 2) {
            network.append("%x:".formatted(((bytes[i] & 0xFF) << 8) | (bytes[i + 1] & 0xFF)));
        }
        return network.append(":/64").toString();
    }
}
