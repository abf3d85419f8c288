package io.gatehouse.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** How Java processes are started. The launcher tells how it starts the service. Stateless. */
final class JavaCommand {

    private static final String PROGRAM =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();

    private JavaCommand() {}

    /** The service, exactly as the launcher would start it. */
    static List<String> service() {
        List<String> line = new ArrayList<>();
        line.add(PROGRAM);
        line.addAll(flags());
        line.addAll(List.of("-cp", required("bench.service-class-path"), "io.gatehouse.Main", "serve"));
        return line;
    }

    /** A class of the benchmarks with the service's own flags, so that it has the same heap and collector. */
    static List<String> likeTheService(String... mainAndArguments) {
        List<String> line = new ArrayList<>(flags());
        line.addAll(List.of(mainAndArguments));
        return of(line.toArray(String[]::new));
    }

    /** A class of the benchmarks. */
    static List<String> of(String... flagsMainAndArguments) {
        List<String> line = new ArrayList<>(List.of(PROGRAM, "-cp", System.getProperty("java.class.path")));
        line.addAll(List.of(flagsMainAndArguments));
        return line;
    }

    private static List<String> flags() {
        return Arrays.stream(required("bench.service-flags").split(" ", -1))
                .filter(flag -> !flag.isEmpty())
                .toList();
    }

    private static String required(String property) {
        String value = System.getProperty(property);
        if (value == null) {
            throw new IllegalStateException("Start the benchmarks with ./gatehouse bench, which sets " + property);
        }
        return value;
    }
}
