package io.gatehouse.bench;

import io.gatehouse.bench.Comparison.Side;
import io.gatehouse.bench.Load.Requests;
import java.nio.file.Path;
import java.util.Map;

/**
 * How cost grows with connections, sessions and accounts. Many and few are measured in turn, each with stores and a
 * service of their own.
 */
final class GrowthBench {

    private static final String SESSION = "/api/session";
    private static final String PROFILE = "/api/user/profile";
    private static final int FEW = 1_000;
    private static final int[] CONNECTIONS = {1, 16, 64, 256};
    private static final int[] MANY = {10_000, 100_000, 1_000_000};
    private static final int[] MANY_QUICKLY = {100_000};
    private static final int DEFAULT_LIMITS_SESSIONS = 100_000;

    /** A million sessions cost at most a tenth of the throughput at a thousand. */
    private static final double LEAST_OF_SESSIONS = 0.9;

    /** No cliff: a seventh is lost from a thousand to ten thousand, and nothing more up to a million; a scan costs all. */
    private static final double LEAST_OF_ACCOUNTS = 0.8;

    private final Plan plan;
    private final Load load;
    private final Report report;

    GrowthBench(Plan plan, Load load, Report report) {
        this.plan = plan;
        this.load = load;
        this.report = report;
    }

    private int[] many() {
        return plan.quick() ? MANY_QUICKLY : MANY;
    }

    void connections() {
        try (Stage stage = new Stage("connections", FEW, FEW, Map.of())) {
            stage.side(SESSION)
                    .server()
                    .round(load, stage.side(SESSION).requests(), plan.connections(), plan.warmUpSeconds());
            report.section("GET " + SESSION + " by connections");
            report.head();
            for (int connections : CONNECTIONS) {
                Progress.say("growth: %d connections".formatted(connections));
                Side side = stage.side(SESSION);
                Round round = side.server().round(load, side.requests(), connections, plan.roundSeconds());
                report.row(connections + " connections", round);
                report.fact("connections " + connections, round);
                report.none(
                        "failed requests, " + connections + " connections",
                        round.sample().failed());
            }
        }
    }

    void sessions() {
        try (Stage few = new Stage("few", FEW, FEW, Map.of())) {
            for (int sessions : many()) {
                try (Stage stage = new Stage("many", FEW, sessions, Map.of())) {
                    compare(
                            "GET " + SESSION + ", %,d sessions against %,d".formatted(sessions, FEW),
                            SESSION,
                            stage,
                            few,
                            LEAST_OF_SESSIONS);
                }
            }
        }
    }

    void users() {
        try (Stage few = new Stage("few", FEW, FEW, Map.of())) {
            for (int users : many()) {
                // Spread over all accounts.
                try (Stage stage = new Stage("many", users, Math.min(users, 100_000), Map.of())) {
                    compare(
                            "GET " + PROFILE + ", %,d accounts against %,d".formatted(users, FEW),
                            PROFILE,
                            stage,
                            few,
                            LEAST_OF_ACCOUNTS);
                }
            }
        }
    }

    /** Every session's few hits are kept one by one, and what is beyond the limit is refused. */
    void defaultLimits() {
        Map<String, String> limits = Map.of("THROTTLE_LIMIT", "60", "SHORT_THROTTLE_LIMIT", "20");
        try (Stage stage = new Stage("limits", FEW, DEFAULT_LIMITS_SESSIONS, limits)) {
            Side side = stage.side(SESSION);
            Progress.say("default limits: %,d sessions".formatted(DEFAULT_LIMITS_SESSIONS));
            side.server().round(load, side.requests(), plan.connections(), plan.warmUpSeconds());
            Round round = side.server().round(load, side.requests(), plan.connections(), plan.roundSeconds());
            report.section(
                    "GET " + SESSION + " at default limits, %,d sessions in turn".formatted(DEFAULT_LIMITS_SESSIONS));
            report.head();
            report.row("gatehouse", round);
            report.line("refused or failed: %d", round.sample().failed());
            report.fact("default limits", round);
        }
    }

    private void compare(String name, String path, Stage many, Stage few, double least) {
        Comparison measured = Comparison.run(name, plan, load, many.side(path), few.side(path));
        report.comparison(measured);
        report.atLeast(name, measured.ratio().median(), least);
    }

    /** Stores with a population, and a service on them. */
    private static final class Stage implements AutoCloseable {

        private final BenchStores stores;
        private final Server server;
        private final Path cookies;

        Stage(String name, int users, int sessions, Map<String, String> more) {
            Progress.say("growth: making %,d accounts and %,d sessions".formatted(users, sessions));
            stores = BenchStores.open(name);
            Population population = new Population(stores, users);
            population.storeUsers("no hash: nobody signs in");
            cookies = population.storeSessions(sessions);
            server = stores.gatehouse(more);
        }

        Side side(String path) {
            return new Side(server, Requests.get(path, cookies));
        }

        @Override
        public void close() {
            server.close();
            stores.close();
        }
    }
}
