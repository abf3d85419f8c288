package io.gatehouse.support;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What a service's {@code /metrics} said at one moment. Immutable.
 *
 * @param types of the families, by their names
 * @param help what they mean
 * @param samples line by line
 */
public record Scrape(Map<String, String> types, Map<String, String> help, List<Sample> samples) {

    private static final Pattern SAMPLE = Pattern.compile("(\\w+)(?:\\{(.*)})? (\\S+)");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"((?:[^\"\\\\]|\\\\.)*)\"");

    /** One line: a name, as expressions of Prometheus know it, its labels and its value. */
    public record Sample(String name, Map<String, String> labels, double value) {

        private static Sample parse(String line) {
            Matcher parts = SAMPLE.matcher(line);
            if (!parts.matches()) {
                throw new IllegalArgumentException("No sample: " + line);
            }
            String labels = parts.group(2) == null ? "" : parts.group(2);
            return new Sample(
                    parts.group(1),
                    LABEL.matcher(labels).results().collect(Collectors.toMap(it -> it.group(1), it -> it.group(2))),
                    Double.parseDouble(parts.group(3)));
        }
    }

    /** Asks the service now. */
    public static Scrape of(TestService service) {
        return parse(service.operator().get("/metrics").response().body());
    }

    private static Scrape parse(String text) {
        Map<String, String> types = new TreeMap<>();
        Map<String, String> help = new TreeMap<>();
        List<Sample> samples = new ArrayList<>();
        text.lines().filter(line -> !line.isEmpty()).forEach(line -> {
            if (line.startsWith("# TYPE ")) {
                String[] words = line.split(" ", -1);
                types.put(words[2], words[3]);
            } else if (line.startsWith("# HELP ")) {
                String[] words = line.split(" ", 4);
                help.put(words[2], words[3]);
            } else if (!line.startsWith("#")) {
                samples.add(Sample.parse(line));
            }
        });
        return new Scrape(Map.copyOf(types), Map.copyOf(help), List.copyOf(samples));
    }

    /** Every name that an expression may use. */
    public Set<String> names() {
        return samples.stream().map(Sample::name).collect(Collectors.toCollection(TreeSet::new));
    }

    /** The samples of a name that have these labels, among others. */
    public List<Sample> of(String name, Map<String, String> labels) {
        return samples.stream()
                .filter(sample -> sample.name().equals(name))
                .filter(sample -> sample.labels().entrySet().containsAll(labels.entrySet()))
                .toList();
    }

    /** Of them all together. */
    public double sum(String name, Map<String, String> labels) {
        return of(name, labels).stream().mapToDouble(Sample::value).sum();
    }

    /** The labels that any sample of a name has. */
    public Set<String> labels(String name) {
        return of(name, Map.of()).stream()
                .flatMap(sample -> sample.labels().keySet().stream())
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
