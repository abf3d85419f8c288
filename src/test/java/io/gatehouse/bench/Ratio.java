package io.gatehouse.bench;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Two servers measured in turn: for each pair, the rate of the first divided by that of the second. Immutable. */
record Ratio(List<Double> pairs) {

    static Ratio of(List<Double> first, List<Double> second) {
        return new Ratio(IntStream.range(0, first.size())
                .mapToObj(i -> first.get(i) / second.get(i))
                .toList());
    }

    double median() {
        List<Double> sorted = pairs.stream().sorted(Comparator.naturalOrder()).toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    double least() {
        return pairs.stream().mapToDouble(it -> it).min().orElseThrow();
    }

    double most() {
        return pairs.stream().mapToDouble(it -> it).max().orElseThrow();
    }
}
