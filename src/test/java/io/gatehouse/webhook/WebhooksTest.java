package io.gatehouse.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import io.gatehouse.CommandRun;
import io.gatehouse.support.Await;
import io.gatehouse.support.LauncherProcess.Ran;
import io.gatehouse.support.Receiver;
import io.gatehouse.support.Receiver.Received;
import io.gatehouse.support.TestClient;
import io.gatehouse.support.TestService;
import io.gatehouse.webhook.Event.UserBanned;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** From what clients do to what a receiver is told, on two replicas. */
class WebhooksTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    /** In which every replica has looked for what is due. */
    private static final Duration A_LOOK = Duration.ofMillis(1300);

    private static final String LOOPBACK = "127.0.0.0/8";

    @RegisterExtension
    private static final TestService SERVICE = new TestService().with("OUTGOING_WEBHOOK_ALLOWED_ADDRESSES", LOOPBACK);

    @RegisterExtension
    private static final TestService TWIN = new TestService().beside(SERVICE);

    private Receiver receiver;
    private TestEndpoints endpoints;

    @BeforeEach
    void listen() throws Exception {
        receiver = new Receiver();
        endpoints = new TestEndpoints(SERVICE.database());
    }

    @AfterEach
    void forget() {
        endpoints.rules().list().forEach(endpoint -> endpoints.rules().remove(endpoint.id()));
        endpoints.close();
        receiver.close();
    }

    @Test
    void everyKindOfEventIsToldInOrderAndVerifies(@TempDir Path folder) throws Exception {
        Endpoints.Added added = endpoints.add(receiver.url());

        TestClient client = SERVICE.client().signedIn("told@example.com");
        client.patch("/api/user/profile", "{\"name\":\"Ada\",\"phone\":\"+14155552671\"}");
        client.call("POST", "/api/user/logout");
        SERVICE.client().signedIn("barred@example.com");
        Ran ban = CommandRun.run(folder, SERVICE.asEnvironment(), "user", "ban", "barred@example.com");
        assertThat(ban.exitCode()).as(ban.output()).isZero();

        assertThat(receiver.awaits(8, PATIENCE)).as("%s", receiver.received()).isTrue();
        assertThat(receiver.received())
                .extracting(WebhooksTest::type)
                .containsExactly(
                        "user.registered",
                        "session.created",
                        "user.updated",
                        "session.revoked",
                        "user.registered",
                        "session.created",
                        "user.banned",
                        "session.revoked");
        String user = SERVICE.query("select id from users where email = 'told@example.com'");
        assertThat(receiver.received().get(2).body())
                .endsWith("\"data\":{\"userId\":\"%s\",\"changed\":[\"name\",\"phone\"]}}".formatted(user));
        assertThat(receiver.received().get(3).body()).contains("\"reason\":\"logout\"");
        Webhook library = new Webhook(added.secret().text());
        for (Received message : receiver.received()) {
            library.verify(message.body(), message.headers());
            assertThat(message.headers().get("content-type")).containsExactly("application/json");
            assertThat(message.id()).matches("evt_\\d+_\\d+");
            assertThat(message.body()).doesNotContain("example.com", "password", "4155552671", "Ada");
        }
        assertThat(receiver.received().getFirst().headers())
                .as("the id of the request")
                .containsKey("x-log-id");
        Received changed = receiver.received().getFirst();
        assertThatThrownBy(() -> library.verify(changed.body() + " ", changed.headers()))
                .isInstanceOf(WebhookVerificationException.class);
    }

    @Test
    void afterARotationBothSecretsVerifyUntilTheOldOneIsOver() throws Exception {
        Endpoints.Added added = endpoints.add(receiver.url(), EventType.USER_REGISTERED);
        EndpointSecret next = endpoints.rules().rotate(added.endpoint().id()).orElseThrow();

        SERVICE.client().register("rotated@example.com");

        assertThat(receiver.awaits(1, PATIENCE)).isTrue();
        Received message = receiver.received().getFirst();
        new Webhook(added.secret().text()).verify(message.body(), message.headers());
        new Webhook(next.text()).verify(message.body(), message.headers());

        SERVICE.execute("update webhook_endpoints set previous_until = current_timestamp - interval '1 second'");
        SERVICE.client().register("later@example.com");
        assertThat(receiver.awaits(2, PATIENCE)).isTrue();
        Received later = receiver.received().get(1);
        new Webhook(next.text()).verify(later.body(), later.headers());
        assertThatThrownBy(() -> new Webhook(added.secret().text()).verify(later.body(), later.headers()))
                .isInstanceOf(WebhookVerificationException.class);
    }

    @Test
    void twoReplicasTellEachEventOnce() {
        endpoints.add(receiver.url(), EventType.USER_REGISTERED);

        IntStream.range(0, 100)
                .parallel()
                .forEach(i -> (i % 2 == 0 ? SERVICE : TWIN).client().register("once" + i + "@example.com"));

        assertThat(receiver.awaits(100, PATIENCE)).isTrue();
        Await.pause(A_LOOK);
        assertThat(receiver.received()).hasSize(100);
        assertThat(receiver.acceptedIds()).hasSize(100);
    }

    @Test
    void whatWasRolledBackIsNeverTold() {
        endpoints.add(receiver.url());
        assertThatThrownBy(() -> endpoints.database().tx(sql -> {
                    new Outbox().write(sql, Instant.EPOCH, new UserBanned(7));
                    throw new IllegalStateException("rolled back");
                }))
                .hasMessage("rolled back");
        assertThat(SERVICE.client().register("taken@example.com").status()).isEqualTo(201);
        assertThat(SERVICE.client().register("taken@example.com").status()).isEqualTo(409);

        assertThat(receiver.awaits(1, PATIENCE)).isTrue();
        Await.pause(A_LOOK);
        assertThat(receiver.received()).extracting(WebhooksTest::type).containsExactly("user.registered");
    }

    @Test
    void aPoisonousEventIsParkedAndLaterOnesGoOn() {
        Endpoints.Added added = endpoints.add(receiver.url(), EventType.USER_REGISTERED);
        SERVICE.client().register("poison@example.com");
        String poison = SERVICE.query("select id from users where email = 'poison@example.com'");
        receiver.answer(message -> message.body().contains(poison) ? 500 : 204);
        IntStream.range(0, 5).forEach(i -> SERVICE.client().register("healthy" + i + "@example.com"));

        assertThat(Await.until(PATIENCE, () -> receiver.received().size() > 1))
                .as("tried again")
                .isTrue();
        SERVICE.execute(
                "update webhook_deliveries set attempts = %d where attempts > 0".formatted(Backoff.IN_LINE - 1));
        boolean passed = Await.until(PATIENCE, () -> {
            hurry();
            return receiver.accepted().size() == 5;
        });
        assertThat(passed).as("%s", receiver.received()).isTrue();
        long id = added.endpoint().id();
        List<Delivery> parked = endpoints.rules().deliveries(id, Optional.of(Delivery.State.PARKED));
        assertThat(parked).hasSize(1);
        assertThat(parked.getFirst().attempts()).isGreaterThanOrEqualTo(Backoff.IN_LINE);
        assertThat(parked.getFirst().result()).contains("500");

        receiver.answer(message -> 204);
        assertThat(endpoints.rules().repeat(id, Optional.empty())).isOne();
        assertThat(receiver.awaits(6, PATIENCE)).isTrue();
        List<Received> told = receiver.received().stream()
                .filter(message -> message.body().contains(poison))
                .toList();
        assertThat(told.stream().map(Received::id).distinct()).hasSize(1);
        assertThat(told.stream().map(Received::body).distinct()).hasSize(1);
    }

    @Test
    void aPausedEndpointIsToldLaterAndOneThatIsGoneNoMore() {
        long id = endpoints
                .add(receiver.url(), EventType.USER_REGISTERED)
                .endpoint()
                .id();
        assertThat(endpoints.rules().pause(id)).isTrue();
        SERVICE.client().register("paused@example.com");
        Await.pause(A_LOOK);
        assertThat(receiver.received()).isEmpty();

        receiver.answer(message -> 410);
        assertThat(endpoints.rules().resume(id)).isTrue();
        assertThat(Await.until(PATIENCE, () -> endpoints.find(id).status() == Endpoint.Status.DISABLED))
                .isTrue();
        SERVICE.client().register("unheard@example.com");
        assertThat(endpoints.rules().deliveries(id, Optional.empty())).hasSize(1);
    }

    @Test
    void afterADayOfFailuresAnEndpointIsGivenUp() {
        receiver.answer(message -> 503);
        long id = endpoints
                .add(receiver.url(), EventType.USER_REGISTERED)
                .endpoint()
                .id();
        SERVICE.client().register("unlucky@example.com");
        assertThat(Await.until(PATIENCE, () -> !receiver.received().isEmpty())).isTrue();
        assertThat(Await.until(PATIENCE, () -> endpoints.find(id).failingSince().isPresent()))
                .isTrue();

        SERVICE.execute("update webhook_endpoints set failing_since = failing_since - interval '25 hours'");
        SERVICE.execute("update webhook_deliveries set attempts = %d".formatted(Backoff.DELAYS.size()));
        assertThat(Await.until(PATIENCE, () -> {
                    hurry();
                    return endpoints.find(id).status() == Endpoint.Status.DISABLED;
                }))
                .isTrue();
        assertThat(endpoints.rules().deliveries(id, Optional.of(Delivery.State.FAILED)))
                .hasSize(1);
    }

    @Test
    void eventsGoWhenTheirTimeIsOverAndSecretsThatCannotMoveAreNamed(@TempDir Path folder) {
        Endpoints.Added added = endpoints.add(receiver.url(), EventType.USER_REGISTERED);
        long id = added.endpoint().id();
        SERVICE.client().register("old@example.com");
        assertThat(receiver.awaits(1, PATIENCE)).isTrue();

        // Those of other tests that happened long ago.
        long others = endpoints.rules().purge(endpoints.database());
        assertThat(endpoints.rules().deliveries(id, Optional.empty()))
                .as("%d others", others)
                .hasSize(1);
        SERVICE.execute("update webhook_events set occurred_at = occurred_at - interval '31 days'");
        assertThat(endpoints.rules().purge(endpoints.database())).isPositive();
        assertThat(endpoints.rules().deliveries(id, Optional.empty())).isEmpty();

        SERVICE.execute("update webhook_endpoints set secret_key_id = 'ffffffffffffffff'");
        Ran reseal = CommandRun.run(folder, SERVICE.asEnvironment(), "jobs", "run", "reseal");
        assertThat(reseal.exitCode()).isEqualTo(1);
        assertThat(reseal.output())
                .contains("webhook endpoint %d: its secret cannot be opened; rotate it".formatted(id));
    }

    @Test
    void aSecretWhoseKeyIsLostIsMendedByARotation() throws Exception {
        long id = endpoints
                .add(receiver.url(), EventType.USER_REGISTERED)
                .endpoint()
                .id();
        SERVICE.execute("update webhook_endpoints set secret_key_id = 'ffffffffffffffff'");

        EndpointSecret next = endpoints.rules().rotate(id).orElseThrow();
        SERVICE.client().register("mended@example.com");

        assertThat(receiver.awaits(1, PATIENCE)).isTrue();
        Received message = receiver.received().getFirst();
        new Webhook(next.text()).verify(message.body(), message.headers());
    }

    @Test
    void aLargeAnswerIsAnAnswer() {
        receiver.answerAtLength(200_000);
        long id = endpoints
                .add(receiver.url(), EventType.USER_REGISTERED)
                .endpoint()
                .id();
        SERVICE.client().register("talkative@example.com");

        assertThat(Await.until(
                        PATIENCE,
                        () -> endpoints
                                        .rules()
                                        .deliveries(id, Optional.of(Delivery.State.DELIVERED))
                                        .size()
                                == 1))
                .isTrue();
    }

    @Test
    void aSenderThatWasTakenOverWritesNothing() {
        long id =
                endpoints.add(receiver.url(), EventType.USER_BANNED).endpoint().id();
        assertThat(endpoints.rules().pause(id)).isTrue();
        endpoints.database().tx(sql -> {
            new Outbox().write(sql, Clock.systemUTC().instant(), new UserBanned(7));
            return true;
        });
        EndpointStore.Claim stopped = endpoints.database().tx(sql -> {
            EndpointStore store = new EndpointStore(sql);
            assertThat(store.changeStatus(id, Endpoint.Status.ACTIVE)).isTrue();
            return store.claim(Duration.ZERO).orElseThrow();
        });

        assertThat(receiver.awaits(1, PATIENCE)).as("another takes it over").isTrue();
        Optional<Endpoint.Status> renewed =
                endpoints.database().tx(sql -> new EndpointStore(sql).renew(stopped, Duration.ofMinutes(1)));
        assertThat(renewed).isEmpty();
    }

    @Test
    void sessionsThatHadRunOutAreNotToldOfAsRevoked() {
        endpoints.add(receiver.url(), EventType.SESSION_REVOKED, EventType.USER_UPDATED);
        TestClient client = SERVICE.client().signedIn("busy@example.com");
        SERVICE.client().login("busy@example.com");
        String user = SERVICE.query("select id from users where email = 'busy@example.com'");
        SERVICE.execute(("update sessions set expires_at = created_at + interval '1 millisecond'"
                        + " where id = (select max(id) from sessions where user_id = %s)")
                .formatted(user));

        assertThat(client.put(
                                "/api/user/password",
                                "{\"current\":\"%s\",\"password\":\"another horse battery staple\"}"
                                        .formatted(TestClient.PASSWORD))
                        .status())
                .isEqualTo(200);
        assertThat(receiver.awaits(1, PATIENCE)).isTrue();
        Await.pause(A_LOOK);
        assertThat(receiver.received()).extracting(WebhooksTest::type).containsExactly("user.updated");
    }

    @Test
    void theBacklogIsAMetric() {
        receiver.answer(message -> 500);
        endpoints.add(receiver.url(), EventType.USER_REGISTERED);
        SERVICE.client().register("backlog@example.com");

        assertThat(Await.until(
                        PATIENCE,
                        () -> SERVICE.operator()
                                .get("/metrics")
                                .response()
                                .body()
                                .contains("gatehouse_webhook_backlog 1.0")))
                .isTrue();
    }

    /** Lets the next attempts be due now. */
    private static void hurry() {
        Await.pause(Duration.ofMillis(200));
        SERVICE.execute("update webhook_deliveries set next_at = current_timestamp where next_at > current_timestamp");
    }

    private static String type(Received message) {
        return message.body().split("\"", 5)[3];
    }
}
