package io.gatehouse.bench;

import io.gatehouse.log.Logging;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** {@code ./gatehouse bench [--quick] [PART …]}. */
public final class Bench {

    private static final int WARM_UPS = 3;
    private static final int MEASUREMENTS = 5;

    private static final Map<String, Class<?>> MICRO =
            Map.of("ids", IdsBenchmark.class, "sealing", SealingBenchmark.class, "reply", ReplyBenchmark.class);

    /** The run for a minute. */
    private static final List<String> SHORT = List.of("session", "profile");

    /** Something to measure. */
    @FunctionalInterface
    private interface Part {
        void run() throws Exception;
    }

    private final Plan plan;
    private final Report report = new Report(System.out);
    private final Map<String, Part> parts = new LinkedHashMap<>();

    private Bench(Plan plan, Load load) {
        this.plan = plan;
        report.fact("load", load.name());
        report.fact("processors", Runtime.getRuntime().availableProcessors());
        RequestsBench requests = new RequestsBench(plan, load, report);
        parts.put("session", requests::session);
        parts.put("profile", requests::profile);
        parts.put("script", requests::script);
        SignInsBench signIns = new SignInsBench(plan, load, report);
        parts.put("sign-ins", signIns::ratio);
        parts.put("storm", signIns::storm);
        GrowthBench growth = new GrowthBench(plan, load, report);
        parts.put("connections", growth::connections);
        parts.put("default-limits", growth::defaultLimits);
        parts.put("sessions", growth::sessions);
        parts.put("users", growth::users);
        MICRO.keySet().stream().sorted().forEach(name -> parts.put(name, () -> micro(name)));
        parts.put("sign-in-timing", SignInTiming::run);
    }

    /** Names of parts; none means all that the documented run has. */
    public static void main(String[] arguments) throws Exception {
        Logging.install("warn", Logging.Form.PRETTY);
        List<String> names = new ArrayList<>(List.of(arguments));
        Plan plan = Plan.take(names);
        boolean netty = names.remove("--netty");
        Path folder = Path.of("target", "bench").toAbsolutePath();
        folder.toFile().mkdirs();
        Bench bench = new Bench(plan, netty ? Load.netty() : Load.open(folder));
        System.exit(bench.run(names));
    }

    private int run(List<String> names) throws Exception {
        Set<String> known = parts.keySet();
        if (!known.containsAll(names)) {
            System.err.println("Usage: ./gatehouse bench [--quick] [--pairs=N] [--warm-up=SECONDS] [--round=SECONDS] ["
                    + String.join(" | ", known) + "] …");
            return 2;
        }
        for (String name : names.isEmpty() ? usual() : names) {
            parts.getOrDefault(name, () -> {}).run();
        }
        return report.conclude(Path.of("target", "bench", "report.json")) ? 0 : 1;
    }

    /** Everything but the question whether sign-ins tell who has an account, which is not about speed. */
    private List<String> usual() {
        return plan.quick()
                ? SHORT
                : parts.keySet().stream()
                        .filter(name -> !name.equals("sign-in-timing"))
                        .toList();
    }

    private static void micro(String name) throws RunnerException {
        new Runner(new OptionsBuilder()
                        .include(MICRO.getOrDefault(name, Bench.class).getSimpleName())
                        .forks(1)
                        .warmupIterations(WARM_UPS)
                        .warmupTime(TimeValue.seconds(2))
                        .measurementIterations(MEASUREMENTS)
                        .measurementTime(TimeValue.seconds(2))
                        .build())
                .run();
    }
}
