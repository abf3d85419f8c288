package io.gatehouse.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.support.Scrape;
import io.gatehouse.support.TestService;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The list of metrics, held against what a running service exports, in both directions. */
class MetricsDocTest {

    @RegisterExtension
    private static final TestService SERVICE = new TestService();

    private static final Path DOC = Path.of("docs", "metrics.md");
    private static final Pattern ROW =
            Pattern.compile("\\| `(\\w+)` \\| (\\w+) \\| ([^|]+) \\| ([^|]+) \\| ([^|]+) \\|");

    /** Which the parts of histograms and summaries have. */
    private static final Set<String> OF_PARTS = Set.of("le", "quantile");

    private static Scrape exported = new Scrape(Map.of(), Map.of(), List.of());

    /** One line of the list. */
    private record Row(String type, String unit, Set<String> labels, String meaning) {

        private static Row of(MatchResult row) {
            return new Row(
                    row.group(2),
                    row.group(3).strip(),
                    Stream.of(row.group(4).split(",", -1))
                            .map(label -> label.replaceAll("[` –]", ""))
                            .filter(label -> !label.isEmpty())
                            .collect(Collectors.toCollection(TreeSet::new)),
                    row.group(5));
        }
    }

    @BeforeAll
    static void serve() {
        exported = EveryMetric.of(SERVICE);
    }

    @Test
    void listHasWhatIsExportedAndNothingElse() throws IOException {
        assertThat(rows().keySet())
                .containsExactlyInAnyOrderElementsOf(families().keySet());
    }

    @Test
    void typesAndLabelsAreThoseThatAreExported() throws IOException {
        Map<String, String> families = families();
        rows().forEach((name, row) -> {
            String type = Objects.requireNonNull(families.get(name));
            boolean parts = type.equals("histogram") || type.equals("summary");
            Set<String> labels = exported.labels(parts ? name + "_count" : name);
            labels.removeAll(OF_PARTS);
            assertThat(row.type()).as(name).isEqualTo(type);
            assertThat(row.labels()).as(name).isEqualTo(labels);
        });
    }

    @Test
    void unitsStandInTheNames() throws IOException {
        rows().forEach((name, row) -> {
            boolean named = name.contains("_" + row.unit());
            assertThat(named || !Set.of("seconds", "bytes").contains(row.unit()))
                    .as(name)
                    .isTrue();
            assertThat(row.type().equals("counter")).as(name).isEqualTo(name.endsWith("_total"));
        });
    }

    @Test
    void everyMetricTellsWhatItMeans() {
        assertThat(families().keySet())
                .allSatisfy(name -> assertThat(exported.help().getOrDefault(name, ""))
                        .as(name)
                        .isNotBlank());
    }

    private static Map<String, Row> rows() throws IOException {
        return ROW.matcher(Files.readString(DOC)).results().collect(Collectors.toMap(row -> row.group(1), Row::of));
    }

    /** Types by names; the longest of a timer belongs to its timer. */
    private static Map<String, String> families() {
        Map<String, String> families = new TreeMap<>(exported.types());
        families.keySet()
                .removeIf(name -> name.endsWith("_max")
                        && exported.types().containsKey(name.substring(0, name.length() - "_max".length())));
        return families;
    }
}
