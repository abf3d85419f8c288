package io.gatehouse.bench;

import java.util.List;
import java.util.Map;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** {@code ./gatehouse bench NAME}. */
public final class Bench {

    private static final int WARM_UPS = 3;
    private static final int MEASUREMENTS = 5;

    private static final Map<String, Class<?>> MICRO =
            Map.of("ids", IdsBenchmark.class, "sealing", SealingBenchmark.class);

    private Bench() {}

    /** The name of one benchmark. */
    public static void main(String[] arguments) throws Exception {
        String name = arguments.length == 1 ? arguments[0] : "";
        if (name.equals("sign-in-timing")) {
            SignInTiming.run();
        } else if (MICRO.containsKey(name)) {
            micro(name);
        } else {
            System.err.println(
                    "Usage: ./gatehouse bench " + String.join(" | ", List.of("ids", "sealing", "sign-in-timing")));
            System.exit(2);
        }
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
