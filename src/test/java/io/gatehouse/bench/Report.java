package io.gatehouse.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Results as they come, as tables for people and in the end as JSON; and what was promised, and whether it held. */
final class Report {

    private final PrintStream out;
    private final Map<String, Object> json = new LinkedHashMap<>();
    private final List<Verdict> verdicts = new ArrayList<>();

    /** Something promised: a figure and its bound. */
    private record Verdict(String promise, double figure, boolean holds) {}

    Report(PrintStream out) {
        this.out = out;
    }

    /** A fact about the run, such as the load generator's name. */
    void fact(String name, Object value) {
        json.put(name, value);
    }

    void section(String title) {
        out.printf("%n%s%n", title);
    }

    void head() {
        out.printf(
                "%-28s %9s %8s %8s %8s %9s %8s %6s%n", "", "per s", "p50 ms", "p99", "p99.9", "CPU us", "MB", "load");
    }

    void row(String name, Round round) {
        out.printf(
                Locale.ROOT,
                "%-28s %9.0f %8.2f %8.2f %8.2f %9.1f %8.0f %5.0f%%%n",
                name,
                round.perSecond(),
                round.sample().p50(),
                round.sample().p99(),
                round.sample().p999(),
                round.cpuPerRequest(),
                round.resident(),
                round.loadBusy() * 100);
    }

    void line(String format, Object... values) {
        out.printf(Locale.ROOT, format + "%n", values);
    }

    /** The rounds of two servers by their medians, and the ratio of each pair. */
    void comparison(Comparison measured) {
        section(measured.name());
        head();
        row(measured.first().getFirst().server(), median(measured.first()));
        row(measured.second().getFirst().server(), median(measured.second()));
        ratio(measured.name(), measured.ratio());
        json.put(measured.name(), measured);
    }

    void ratio(String name, Ratio ratio) {
        line(
                "ratio of each pair: %s; median %.3f, from %.3f to %.3f",
                figures(ratio.pairs(), "%.3f"), ratio.median(), ratio.least(), ratio.most());
        json.put(name + ", ratio", ratio.median());
    }

    static String figures(List<Double> figures, String format) {
        return figures.stream()
                .map(it -> String.format(Locale.ROOT, format, it))
                .collect(Collectors.joining(" "));
    }

    void atLeast(String promise, double figure, double bound) {
        verdict(promise + ", at least " + bound, figure, figure >= bound);
    }

    void atMost(String promise, double figure, double bound) {
        verdict(promise + ", at most " + bound, figure, figure <= bound);
    }

    void none(String promise, long number) {
        verdict(promise + ", none", (double) number, number == 0);
    }

    private void verdict(String promise, double figure, boolean holds) {
        verdicts.add(new Verdict(promise, figure, holds));
        json.put("verdicts", verdicts);
    }

    /** Says what was promised and what came of it; whether all of it holds. */
    boolean conclude(Path file) {
        section("Promises");
        for (Verdict verdict : verdicts) {
            line("%s  %10.3f  %s", verdict.holds() ? "holds" : "FAILS", verdict.figure(), verdict.promise());
        }
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.writeString(
                    file,
                    JsonMapper.builder()
                            .enable(SerializationFeature.INDENT_OUTPUT)
                            .build()
                            .writeValueAsString(json));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        line("%nAll figures: %s", file);
        return verdicts.stream().allMatch(Verdict::holds);
    }

    /** The round whose rate is the median. */
    static Round median(List<Round> rounds) {
        List<Round> sorted = rounds.stream()
                .sorted(Comparator.comparingDouble(Round::perSecond))
                .toList();
        return sorted.get(sorted.size() / 2);
    }

    static double mostResident(Comparison measured) {
        return measured.first().stream().mapToDouble(Round::resident).max().orElseThrow();
    }
}
