package io.gatehouse.outgoing;

import io.gatehouse.config.Cidr;
import io.gatehouse.config.Settings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetAddress;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;

/** A client named "test" with bounds of a test's own, which may reach 127.0.0.1 unless told otherwise. */
final class Scene implements AutoCloseable {

    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final Outgoing outgoing;

    private Scene(Setup setup) {
        this.outgoing = new Outgoing(
                Map.of("test", setup.settings()),
                setup.resolver,
                setup.tls,
                setup.rest,
                new Retries(new Random(1), Clock.systemUTC()),
                setup.passedOn,
                meters);
    }

    static Setup with() {
        return new Setup();
    }

    static Scene plain() {
        return new Setup().open();
    }

    OutgoingClient client() {
        return outgoing.client("test");
    }

    Answer send(Request request) {
        return client().send(request);
    }

    Answer get(String url) {
        return send(Request.get(url));
    }

    double count(String counter, String... tags) {
        return meters.get(counter).tags(tags).counter().count();
    }

    @Override
    public void close() {
        outgoing.close();
    }

    /** What differs from the usual. */
    static final class Setup {
        private Duration connect = Duration.ofSeconds(5);
        private Duration read = Duration.ofSeconds(20);
        private Duration total = Duration.ofSeconds(20);
        private Duration rest = Duration.ofMinutes(1);
        private int connections = 8;
        private int bodyLimit = 64 * 1024;
        private int retries = 0;
        private List<String> hosts = List.of();
        private List<Cidr> addresses = ranges("127.0.0.1");
        private Resolver resolver = Resolver.system();
        private SSLContext tls = defaultTls();
        private Supplier<Map<String, String>> passedOn = Map::of;

        Setup connect(Duration time) {
            connect = time;
            return this;
        }

        Setup read(Duration time) {
            read = time;
            return this;
        }

        Setup total(Duration time) {
            total = time;
            return this;
        }

        Setup rest(Duration time) {
            rest = time;
            return this;
        }

        Setup connections(int most) {
            connections = most;
            return this;
        }

        Setup retries(int most) {
            retries = most;
            return this;
        }

        Setup hosts(String... allowed) {
            hosts = List.of(allowed);
            return this;
        }

        Setup addresses(String... allowed) {
            addresses = ranges(allowed);
            return this;
        }

        Setup resolver(Resolver other) {
            resolver = other;
            return this;
        }

        /** Every name has these addresses. */
        Setup resolvesTo(String... literals) {
            return resolver(_ -> Stream.of(literals).map(InetAddress::ofLiteral).toList());
        }

        Setup tls(SSLContext context) {
            tls = context;
            return this;
        }

        Setup passedOn(Supplier<Map<String, String>> headers) {
            passedOn = headers;
            return this;
        }

        Scene open() {
            return new Scene(this);
        }

        private Settings.Outgoing settings() {
            return new Settings.Outgoing(connect, read, total, connections, bodyLimit, retries, hosts, addresses);
        }

        private static List<Cidr> ranges(String... texts) {
            return Stream.of(texts).map(text -> Cidr.parse(text).orElseThrow()).toList();
        }

        private static SSLContext defaultTls() {
            try {
                return SSLContext.getDefault();
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
