package io.gatehouse.outgoing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.gatehouse.support.Await;
import io.gatehouse.support.RawServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Names that lead where they must not. */
@Timeout(60)
class PinningTest {

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "localhost", "0.0.0.0"})
    void loopbackIsRefusedWithoutAnException(String host) throws IOException {
        try (RawServer server = RawServer.start(talk -> talk.answer("200 OK", ""));
                Scene scene = Scene.with().addresses().open()) {
            assertThat(reason(scene, "http://%s:%d/".formatted(host, server.port())))
                    .isEqualTo(Reason.REFUSED_ADDRESS);

            assertThat(server.connections()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "10.0.0.1", "169.254.169.254", "fd00:ec2::254", "64:ff9b::a9fe:a9fe"})
    void namesThatResolveToPrivateAddressesAreRefused(String address) {
        try (Scene scene = Scene.with().addresses().resolvesTo(address).open()) {
            assertThat(reason(scene, "http://innocent.example.com/")).isEqualTo(Reason.REFUSED_ADDRESS);
        }
        try (Scene scene =
                Scene.with().addresses().resolvesTo("8.8.8.8", address).open()) {
            assertThat(reason(scene, "http://innocent.example.com/")).isEqualTo(Reason.REFUSED_ADDRESS);
        }
    }

    /** The checked address is the one connected to; whoever asked again would meet the second answer. */
    @Test
    void nameThatChangesItsAnswerIsAskedOnce() throws IOException {
        AtomicInteger asked = new AtomicInteger();
        Resolver changing =
                _ -> List.of(InetAddress.ofLiteral(asked.getAndIncrement() == 0 ? "127.0.0.1" : "127.0.0.2"));
        try (RawServer server = RawServer.start(talk -> talk.answer("200 OK", "pinned"));
                Scene scene = Scene.with().resolver(changing).open()) {
            String url = "http://rebind.example.com:%d/".formatted(server.port());

            assertThat(scene.send(Request.postJson(url, "{}")).text()).isEqualTo("pinned");

            assertThat(asked).hasValue(1);
            assertThat(server.requests().getFirst())
                    .contains("Host: rebind.example.com:%d\r\n".formatted(server.port()));
            // Not repeatable, so over a new connection: its address is the second answer, which is not allowed.
            OutgoingException e =
                    catchThrowableOfType(OutgoingException.class, () -> scene.send(Request.postJson(url, "{}")));
            assertThat(e.reason()).isEqualTo(Reason.REFUSED_ADDRESS);
            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @Test
    void theNextAddressIsTriedWhenOneIsDead() throws IOException {
        try (RawServer server = RawServer.start(talk -> talk.answer("200 OK", "second"));
                Scene scene = Scene.with()
                        .addresses("127.0.0.0/8")
                        .resolvesTo("127.0.0.9", "127.0.0.1")
                        .open()) {
            // Nobody listens on 127.0.0.9: the server is bound to 127.0.0.1 alone.
            assertThat(scene.get("http://two.example.com:%d/".formatted(server.port()))
                            .text())
                    .isEqualTo("second");
        }
    }

    @Test
    void hostsBesideTheListAreNotEvenLookedUp() {
        AtomicInteger asked = new AtomicInteger();
        Resolver counting = name -> {
            asked.incrementAndGet();
            throw new UnknownHostException(name);
        };
        try (Scene scene =
                Scene.with().hosts("api.example.com").resolver(counting).open()) {
            assertThat(reason(scene, "http://other.example.com/")).isEqualTo(Reason.REFUSED_HOST);
            assertThat(asked).hasValue(0);
            assertThat(reason(scene, "http://api.example.com/")).isEqualTo(Reason.NO_SUCH_HOST);
            assertThat(asked).hasValue(1);
        }
    }

    @Test
    void slowNamesEndWithTheConnectTimeoutAndHoldOneThread() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        AtomicInteger asked = new AtomicInteger();
        Resolver slow = name -> {
            if (name.equals("slow.example.com")) {
                asked.incrementAndGet();
                Await.until(Duration.ofSeconds(50), () -> never.getCount() == 0);
            }
            return List.of(InetAddress.ofLiteral("127.0.0.1"));
        };
        try (RawServer server = RawServer.start(talk -> talk.answer("200 OK", "quick"));
                Scene scene = Scene.with()
                        .connect(Duration.ofMillis(400))
                        .connections(40)
                        .resolver(slow)
                        .open();
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Reason>> stuck = IntStream.range(0, 20)
                    .mapToObj(_ -> callers.submit(() -> reason(scene, "http://slow.example.com/")))
                    .toList();

            assertThat(scene.get("http://quick.example.com:%d/".formatted(server.port()))
                            .text())
                    .isEqualTo("quick");

            for (Future<Reason> each : stuck) {
                assertThat(each.get()).isIn(Reason.CONNECT_TIMEOUT, Reason.CIRCUIT_OPEN);
            }
            assertThat(asked).hasValue(1);
            never.countDown();
        }
    }

    @Test
    void theSystemKnowsLocalhost() throws UnknownHostException {
        assertThat(Resolver.system().resolve("localhost")).isNotEmpty().allMatch(InetAddress::isLoopbackAddress);
    }

    private static Reason reason(Scene scene, String url) {
        OutgoingException e = catchThrowableOfType(OutgoingException.class, () -> scene.get(url));
        assertThat(e).isNotNull();
        return e.reason();
    }
}
