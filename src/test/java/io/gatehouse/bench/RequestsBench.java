package io.gatehouse.bench;

import io.gatehouse.bench.Comparison.Side;
import io.gatehouse.bench.Load.Requests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * The two routes that a service behind Gatehouse asks for all day, against the bare server; and what the script costs
 * against a plain read.
 */
final class RequestsBench {

    private static final String SESSION = "/api/session";
    private static final String PROFILE = "/api/user/profile";
    private static final int SESSIONS = 1_000;

    private static final double LEAST_RATIO = 0.85;
    private static final double MOST_RESIDENT = 300;

    private final Plan plan;
    private final Load load;
    private final Report report;

    RequestsBench(Plan plan, Load load, Report report) {
        this.plan = plan;
        this.load = load;
        this.report = report;
    }

    /** {@code GET /api/session}. */
    void session() throws IOException {
        on((gatehouse, bare, cookies) -> compare("GET " + SESSION, SESSION, gatehouse, bare, cookies));
    }

    /** {@code GET /api/user/profile}. */
    void profile() throws IOException {
        on((gatehouse, bare, cookies) -> compare("GET " + PROFILE, PROFILE, gatehouse, bare, cookies));
    }

    /** The bare server twice: the script on one route, HGET on the other. */
    void script() throws IOException {
        on((gatehouse, bare, cookies) -> report.comparison(Comparison.run(
                "bare: the script against HGET",
                plan,
                load,
                new Side(bare, Requests.get(SESSION, cookies)),
                new Side(bare, Requests.get("/api/hash", cookies)))));
    }

    @FunctionalInterface
    private interface Measurement {
        void take(Server gatehouse, Server bare, Path cookies);
    }

    private void on(Measurement measurement) throws IOException {
        try (BenchStores stores = BenchStores.open("requests")) {
            Population population = new Population(stores, SESSIONS);
            population.storeUsers("no hash: nobody signs in");
            Path cookies = population.storeSessions(SESSIONS);
            try (Server gatehouse = stores.gatehouse(Map.of())) {
                Path replies = replies(stores, gatehouse, cookies);
                try (Server bare = stores.bare(cookies, SESSIONS, replies)) {
                    measurement.take(gatehouse, bare, cookies);
                }
            }
        }
    }

    private void compare(String name, String path, Server gatehouse, Server bare, Path cookies) {
        Requests requests = Requests.get(path, cookies);
        Comparison measured = Comparison.run(name, plan, load, new Side(gatehouse, requests), new Side(bare, requests));
        report.comparison(measured);
        report.atLeast(name + " of the bare server", measured.ratio().median(), LEAST_RATIO);
        report.atMost(name + ", resident MB", Report.mostResident(measured), MOST_RESIDENT);
    }

    private static Path replies(BenchStores stores, Server gatehouse, Path cookies) throws IOException {
        Path folder = Files.createDirectories(stores.folder().resolve("replies"));
        String cookie = Files.readAllLines(cookies).getFirst();
        Reply.record(gatehouse.port(), SESSION, cookie, folder.resolve("session"));
        Reply.record(gatehouse.port(), PROFILE, cookie, folder.resolve("profile"));
        return folder;
    }
}
