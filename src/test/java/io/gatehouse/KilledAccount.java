package io.gatehouse;

import io.gatehouse.support.TestClient;
import io.gatehouse.support.TestClient.Answer;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import tools.jackson.databind.JsonNode;

/**
 * An account of a service that is killed: what its client was told, and so what must hold whenever the service answers.
 * One request at a time, so that there is no doubt about the order. Thread-safe.
 */
final class KilledAccount {

    private static final int MOST_SESSIONS = 8;

    private final String email;
    private final KilledAnswers answers;
    private final List<Held> sessions = new ArrayList<>();
    private boolean mayBeThere;
    private boolean registered;
    private String id = "";

    KilledAccount(String email, KilledAnswers answers) {
        this.email = email;
        this.answers = answers;
    }

    /** What is known of a session. A revocation that got no answer may have been carried out, or not. */
    enum Known {
        LIVE,
        ENDED,
        IN_DOUBT
    }

    /** A session whose sign-in was answered. Its account's lock guards it. */
    static final class Held {

        private final KilledAccount account;
        private final TestClient client;
        private String id = "";
        private Known known = Known.LIVE;

        private Held(KilledAccount account, TestClient client) {
            this.account = account;
            this.client = client;
        }

        /** Asks for it; whether there was an answer that decides. Refuses when nothing listens. */
        boolean check() {
            synchronized (account) {
                return account.check(this);
            }
        }

        Known known() {
            synchronized (account) {
                return known;
            }
        }

        /** As it was told; empty if it never was. */
        String id() {
            synchronized (account) {
                return id;
            }
        }
    }

    /** Whether further sign-ins go to another account. */
    synchronized boolean full() {
        return sessions.size() >= MOST_SESSIONS;
    }

    /** Whether its registration was answered. */
    synchronized boolean registered() {
        return registered;
    }

    /**
     * One request, by chance.
     *
     * @throws UncheckedIOException when nothing listens
     */
    synchronized void step(TestClient client, RandomGenerator random) {
        if (!registered) {
            register(client);
        } else if (sessions.isEmpty() || (!full() && random.nextInt(3) == 0)) {
            signIn(client);
        } else if (random.nextInt(5) > 0) {
            boolean _ = check(any(random));
        } else {
            revoke(random);
        }
    }

    /** What the database must not forget. */
    synchronized boolean signsIn(TestClient client) {
        return client.login(email).status() == 200;
    }

    private Held any(RandomGenerator random) {
        return sessions.get(random.nextInt(sessions.size()));
    }

    private void register(TestClient client) {
        Optional<Answer> answer = ask(() -> client.register(email));
        int status = answer.map(Answer::status).orElse(0);
        if (status == 201) {
            id = answer.orElseThrow().data().path("id").stringValue();
            answers.told(id, email);
        } else if (status != 409 || !mayBeThere) {
            // One that got no answer may be there at the next try.
            mayBeThere = true;
            answers.unlessUndecided(status, "registration of " + email);
            return;
        }
        registered = true;
    }

    private void signIn(TestClient client) {
        Optional<Answer> answer = ask(() -> client.login(email));
        int status = answer.map(Answer::status).orElse(0);
        if (status == 200) {
            Held session =
                    new Held(this, client.with("Cookie", answer.orElseThrow().cookie()));
            sessions.add(session);
            answers.signedIn(session);
        } else {
            answers.unlessUndecided(status, "sign-in of " + email);
        }
    }

    private boolean check(Held session) {
        Optional<Answer> answer = ask(() -> session.client.get("/api/session"));
        int status = answer.map(Answer::status).orElse(0);
        boolean decided = status == 200 || status == 401;
        if (!decided) {
            answers.unlessUndecided(status, "check of " + session.id);
        } else if (status == 200 && session.known == Known.ENDED) {
            answers.wrong("session " + session.id + " of " + email + " was revoked and came back");
        } else if (status == 401 && session.known == Known.LIVE) {
            answers.wrong("session " + session.id + " of " + email + " is lost");
        }
        if (status == 401) {
            session.known = Known.ENDED;
        } else if (status == 200) {
            learn(session, answer.orElseThrow().data());
        }
        return decided;
    }

    private void learn(Held session, JsonNode data) {
        String told = data.path("id").stringValue();
        if (session.id.isEmpty()) {
            session.id = told;
            answers.told(told, "a session of " + email);
        }
        String owner = data.path("user").path("id").stringValue();
        id = id.isEmpty() ? owner : id;
        if (!told.equals(session.id) || !owner.equals(id)) {
            answers.wrong("session " + session.id + " of " + id + " became " + told + " of " + owner);
        }
    }

    private void revoke(RandomGenerator random) {
        List<Held> live = sessions.stream().filter(it -> it.known == Known.LIVE).toList();
        if (live.isEmpty()) {
            return;
        }
        Held session = live.get(random.nextInt(live.size()));
        Held by = live.get(random.nextInt(live.size()));
        switch (random.nextInt(4)) {
            case 0 ->
                revoked(
                        () -> by.client.call("DELETE", "/api/sessions"),
                        sessions.stream().filter(it -> it != by).toList());
            case 1 -> {
                if (!session.id.isEmpty()) {
                    revoked(() -> by.client.call("DELETE", "/api/sessions/" + session.id), List.of(session));
                }
            }
            default -> revoked(() -> session.client.post("/api/user/logout", ""), List.of(session));
        }
    }

    private void revoked(Supplier<Answer> request, List<Held> meant) {
        int status = ask(request).map(Answer::status).orElse(0);
        if (status == 200) {
            meant.forEach(it -> it.known = Known.ENDED);
            answers.revoked();
        } else {
            meant.stream().filter(it -> it.known == Known.LIVE).forEach(it -> it.known = Known.IN_DOUBT);
            answers.unlessUndecided(status, "revocation for " + email);
        }
    }

    /** Empty when the service went away meanwhile; a request that was never sent leaves no doubt. */
    private static Optional<Answer> ask(Supplier<Answer> request) {
        try {
            return Optional.of(request.get());
        } catch (UncheckedIOException e) {
            if (e.getCause() instanceof ConnectException) {
                throw e;
            }
            return Optional.empty();
        }
    }
}
