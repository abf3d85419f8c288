package io.gatehouse.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.support.Await;
import io.gatehouse.support.LauncherProcess;
import io.gatehouse.support.LauncherProcess.Ran;
import io.gatehouse.support.Receiver;
import io.gatehouse.support.Receiver.Received;
import io.gatehouse.support.ServeProcess;
import io.gatehouse.support.TestClient;
import io.gatehouse.support.TestClient.Answer;
import io.gatehouse.support.TestService;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Events of a service that is killed again and again, and for a receiver that is away for a minute. */
@Tag("soak")
class WebhookSoakTest {

    private static final int KILLS = Integer.getInteger("kills", 20);
    private static final int CLIENTS = 6;

    @TempDir
    private Path folder;

    /** Ids of the accounts whose sign-up was answered. */
    private final Queue<String> accounts = new ConcurrentLinkedQueue<>();

    private final AtomicInteger names = new AtomicInteger();

    @Test
    void noEventIsLostWhenTheServiceIsKilled() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        System.out.println("seed " + seed);
        try (Receiver receiver = new Receiver()) {
            for (int kill = 1; kill <= KILLS; kill++) {
                try (ServeProcess serve = ServeProcess.serve(folder, environment())) {
                    if (kill == 1) {
                        register(receiver);
                    }
                    AtomicBoolean stop = new AtomicBoolean();
                    List<Thread> clients = signUps(serve, stop);
                    TimeUnit.MILLISECONDS.sleep(500 + random.nextInt(3000));
                    serve.kill();
                    stop.set(true);
                    for (Thread client : clients) {
                        client.join();
                    }
                }
                System.out.printf(
                        "kill %d of %d: %d sign-ups answered, %d deliveries accepted%n",
                        kill, KILLS, accounts.size(), receiver.accepted().size());
            }
            try (ServeProcess last = ServeProcess.serve(folder, environment())) {
                assertAllAreTold(receiver, last);
            }
        }
    }

    @Test
    void aReceiverThatIsAwayForAMinuteGetsEverythingAfter() throws Exception {
        Receiver before = new Receiver();
        int port = before.port();
        try (ServeProcess serve = ServeProcess.serve(folder, environment())) {
            register(before);
            AtomicBoolean stop = new AtomicBoolean();
            List<Thread> clients = signUps(serve, stop);
            TimeUnit.SECONDS.sleep(3);
            before.close();
            Set<String> told = toldAccounts(before);
            TimeUnit.SECONDS.sleep(60);
            try (Receiver after = new Receiver(port)) {
                TimeUnit.SECONDS.sleep(3);
                stop.set(true);
                for (Thread client : clients) {
                    client.join();
                }
                boolean all = Await.until(Duration.ofMinutes(5), () -> {
                    Set<String> both = toldAccounts(after);
                    both.addAll(told);
                    return both.containsAll(accounts);
                });
                System.out.printf(
                        "%d sign-ups; accepted %d before, %d after%n",
                        accounts.size(), told.size(), after.acceptedIds().size());
                assertThat(all).isTrue();
                assertThat(serve.terminate()).isZero();
            }
        }
    }

    private void assertAllAreTold(Receiver receiver, ServeProcess serve) throws Exception {
        boolean all =
                Await.until(Duration.ofMinutes(3), () -> toldAccounts(receiver).containsAll(accounts));
        Map<String, Set<String>> idsOfAccount = receiver.accepted().stream()
                .collect(Collectors.groupingBy(
                        WebhookSoakTest::account, Collectors.mapping(Received::id, Collectors.toSet())));
        System.out.printf(
                "%d sign-ups answered, %d accounts told of, %d deliveries, %d of them repeated%n",
                accounts.size(),
                idsOfAccount.size(),
                receiver.accepted().size(),
                receiver.accepted().size() - idsOfAccount.size());
        assertThat(all).isTrue();
        assertThat(idsOfAccount.values()).as("duplicates have the same id").allMatch(ids -> ids.size() == 1);
        assertThat(serve.metric("gatehouse_webhook_backlog")).isNotNegative();
        assertThat(serve.terminate()).isZero();
    }

    private static Set<String> toldAccounts(Receiver receiver) {
        return receiver.accepted().stream()
                .map(WebhookSoakTest::account)
                .collect(Collectors.toCollection(HashSet::new));
    }

    private static String account(Received message) {
        return message.body().replaceAll(".*\"userId\":\"(\\d+)\".*", "$1");
    }

    private void register(Receiver receiver) throws Exception {
        Ran added = LauncherProcess.run(
                folder, environment(), "", "webhooks", "add", receiver.url(), "--events", "user.registered");
        assertThat(added.exitCode()).as(added.output()).isZero();
    }

    private List<Thread> signUps(ServeProcess serve, AtomicBoolean stop) {
        TestClient client = serve.client();
        return IntStream.range(0, CLIENTS)
                .mapToObj(n -> Thread.startVirtualThread(() -> signUp(client, stop)))
                .toList();
    }

    private void signUp(TestClient client, AtomicBoolean stop) {
        while (!stop.get()) {
            try {
                Answer answer = client.register("user" + names.incrementAndGet() + "@example.com");
                if (answer.status() == 201) {
                    accounts.add(answer.data().path("id").stringValue());
                }
                Await.pause(Duration.ofMillis(20));
            } catch (UncheckedIOException e) {
                return; // killed
            }
        }
    }

    private static Map<String, String> environment() {
        Map<String, String> environment = new HashMap<>(TestService.NO_LIMITS);
        environment.put("OUTGOING_WEBHOOK_ALLOWED_ADDRESSES", "127.0.0.0/8");
        return environment;
    }
}
