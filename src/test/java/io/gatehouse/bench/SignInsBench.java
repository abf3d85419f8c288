package io.gatehouse.bench;

import de.mkammerer.argon2.Argon2Factory;
import io.gatehouse.bench.Load.Requests;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Sign-ins per second against raw verifications with the same parameters, in turn; and a storm of sign-ins beside
 * session checks.
 */
final class SignInsBench {

    private static final String LOGIN = "/api/user/login";
    private static final String SESSION = "/api/session";
    private static final String PASSWORD = "correct horse battery staple";

    /** The service's defaults. */
    private static final int MEMORY_KIB = 65_536;

    private static final int ITERATIONS = 3;
    private static final int PARALLELISM = 4;

    private static final int ACCOUNTS = 1_000;

    /** Enough to keep the pool busy, few enough that nobody waits for long. */
    private static final int CONNECTIONS = 8;

    private static final double LEAST_RATIO = 0.95;

    private static final int STORM = 256;
    private static final int CALLERS = 64;
    private static final int STORM_SECONDS = 30;
    private static final double MOST_P99_MS = 50;
    private static final double MEBIBYTE = 1024 * 1024 / 1e6;
    private static final double SLACK = 1.1;

    private final Plan plan;
    private final Load load;
    private final Report report;
    private final String hash = Argon2Factory.createAdvanced(Argon2Factory.Argon2Types.ARGON2id)
            .hash(ITERATIONS, MEMORY_KIB, PARALLELISM, PASSWORD.toCharArray());

    SignInsBench(Plan plan, Load load, Report report) {
        this.plan = plan;
        this.load = load;
        this.report = report;
    }

    private static int permits() {
        return Math.max(1, Runtime.getRuntime().availableProcessors() / PARALLELISM);
    }

    void ratio() throws IOException {
        try (BenchStores stores = BenchStores.open("sign-ins");
                Raw raw = new Raw(hash)) {
            Requests signIns = population(stores).signIns();
            try (Server gatehouse = stores.gatehouse(Map.of())) {
                compare(gatehouse, signIns, raw);
            }
        }
    }

    private void compare(Server gatehouse, Requests signIns, Raw raw) throws IOException {
        // A hash takes a hundred milliseconds: a round of two seconds would measure its own ends.
        int seconds = Math.max(5, plan.roundSeconds());
        Progress.say("sign-ins: warming up");
        gatehouse.round(load, signIns, CONNECTIONS, seconds);
        raw.perSecond(2);
        List<Round> rounds = new ArrayList<>();
        List<Double> ours = new ArrayList<>();
        List<Double> bare = new ArrayList<>();
        for (int pair = 1; pair <= plan.pairs(); pair++) {
            Round round = gatehouse.round(load, signIns, CONNECTIONS, seconds);
            rounds.add(round);
            ours.add(round.sample().perSecond(200));
            bare.add(raw.perSecond(seconds));
            Progress.say("sign-ins: pair %d of %d, %.2f against %.2f per second"
                    .formatted(pair, plan.pairs(), ours.getLast(), bare.getLast()));
        }
        report.section("POST " + LOGIN
                + " against raw argon2 verifications (%d KiB, t=%d, p=%d)"
                        .formatted(MEMORY_KIB, ITERATIONS, PARALLELISM));
        report.head();
        report.row("gatehouse", Report.median(rounds));
        report.line("sign-ins per second: %s", Report.figures(ours, "%.2f"));
        report.line("raw per second:      %s", Report.figures(bare, "%.2f"));
        Ratio ratio = Ratio.of(ours, bare);
        report.ratio("sign-ins", ratio);
        report.atLeast("sign-ins of raw argon2", ratio.median(), LEAST_RATIO);
    }

    /** Session checks by {@link #CALLERS} connections while {@link #STORM} others sign in without pause. */
    void storm() throws IOException {
        try (BenchStores stores = BenchStores.open("storm")) {
            People people = population(stores);
            try (Server gatehouse = stores.gatehouse(Map.of())) {
                Progress.say("storm: warming up");
                gatehouse.round(load, people.sessions(), CALLERS, plan.warmUpSeconds());
                Round calm = gatehouse.round(load, people.sessions(), CALLERS, plan.roundSeconds());
                double base = gatehouse.peakMegabytes();
                Progress.say("storm: %d sign-ins at a time, %d s".formatted(STORM, STORM_SECONDS));
                Process storm = load.start(gatehouse.port(), people.signIns(), STORM, STORM_SECONDS + 4);
                pause();
                Round during = gatehouse.round(load, people.sessions(), CALLERS, STORM_SECONDS);
                Sample signIns = Load.read(storm);
                tell(calm, during, signIns, base, gatehouse.peakMegabytes());
            }
        }
    }

    private void tell(Round calm, Round during, Sample signIns, double base, double peak) {
        report.section("GET " + SESSION + " by " + CALLERS + " connections, beside " + STORM + " that sign in");
        report.head();
        report.row("before the storm", calm);
        report.row("during the storm", during);
        report.line("sign-ins: %s by status, %d broken", signIns.statuses(), signIns.broken());
        report.fact("storm", Map.of("calm", calm, "during", during, "signIns", signIns, "peakMb", peak));
        report.atMost(
                "GET " + SESSION + " in a storm of sign-ins, p99 ms",
                during.sample().p99(),
                MOST_P99_MS);
        report.none("failed session checks in the storm", during.sample().failed());
        long others = signIns.failed() - signIns.statuses().getOrDefault(503, 0L);
        report.atLeast("sign-ins that succeed in the storm", signIns.statuses().getOrDefault(200, 0L), 1);
        report.none("sign-ins that failed but by their deadline (503)", others);
        report.atMost("peak MB in the storm", peak, (base + permits() * MEMORY_KIB / 1024.0 * MEBIBYTE) * SLACK);
    }

    private record People(Requests sessions, Requests signIns) {}

    private People population(BenchStores stores) {
        Population population = new Population(stores, ACCOUNTS);
        population.storeUsers(hash);
        Path cookies = population.storeSessions(ACCOUNTS);
        return new People(Requests.get(SESSION, cookies), Requests.post(LOGIN, population.signIns(PASSWORD)));
    }

    private static void pause() {
        try {
            Thread.sleep(2_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The process that verifies. */
    private static final class Raw implements AutoCloseable {

        private final Process process;
        private final BufferedReader answers;

        Raw(String hash) throws IOException {
            process = new ProcessBuilder(JavaCommand.likeTheService(
                            RawArgon2.class.getName(), Integer.toString(permits()), hash, PASSWORD))
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        }

        double perSecond(int seconds) throws IOException {
            OutputStream in = process.getOutputStream();
            in.write((seconds + "\n").getBytes(StandardCharsets.UTF_8));
            in.flush();
            String answer = answers.readLine();
            if (answer == null) {
                throw new IOException("The raw verifications ended");
            }
            return Double.parseDouble(answer);
        }

        @Override
        public void close() {
            process.destroy();
        }
    }
}
