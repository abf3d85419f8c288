package io.gatehouse.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.support.PromQl;
import io.gatehouse.support.PromQl.LabelMatcher;
import io.gatehouse.support.PromQl.Selector;
import io.gatehouse.support.Scrape;
import io.gatehouse.support.TestService;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What operators take for Grafana and Prometheus, held against what a running service exports. */
class OpsFilesTest {

    @RegisterExtension
    private static final TestService SERVICE = new TestService();

    private static final Path DASHBOARD = Path.of("ops", "grafana", "gatehouse.json");
    private static final Path PROMETHEUS = Path.of("ops", "prometheus");
    private static final Path ALERTS = PROMETHEUS.resolve("alerts.yaml");

    /** Whether a target answers: of Prometheus itself. */
    private static final String UP = "up";

    /** What Prometheus adds to each sample. */
    private static final Set<String> OF_TARGET = Set.of("job", "instance");

    private static final Set<String> FUNCTIONS = Set.of(
            "avg", "clamp_min", "histogram_quantile", "increase", "max", "max_over_time", "min", "rate", "sum", "time");

    private static final Pattern LABEL_VALUES = Pattern.compile("label_values\\((\\w+)(?:\\{[^}]*})?, *(\\w+)\\)");

    /** Whether a counter has risen at all, within a range. */
    private static final Pattern RISEN = Pattern.compile("\\[(\\d+[mh])]\\)+ > 0\\s*$");

    private static Scrape exported = new Scrape(Map.of(), Map.of(), List.of());

    @BeforeAll
    static void serve() {
        exported = EveryMetric.of(SERVICE);
    }

    @Test
    void dashboardShowsWhatIsExported() throws IOException {
        List<JsonNode> panels = panels();
        assertThat(panels).hasSizeGreaterThan(15);
        for (JsonNode panel : panels) {
            String title = panel.path("title").asString("");
            List<String> expressions = panel.path("targets").values().stream()
                    .map(target -> target.path("expr").asString(""))
                    .toList();
            assertThat(title).isNotBlank();
            assertThat(expressions).as(title).isNotEmpty();
            for (String expression : expressions) {
                assertThat(problems(expression)).as("%s: %s", title, expression).isEmpty();
            }
        }
    }

    @Test
    void dashboardAsksTheDatasourceThatIsChosen() throws IOException {
        JsonNode dashboard = dashboard();
        assertThat(dashboard.path("uid").asString("")).isEqualTo("gatehouse");
        for (JsonNode panel : panels()) {
            assertThat(panel.path("datasource").path("uid").asString(""))
                    .as(panel.path("title").asString(""))
                    .isEqualTo("${datasource}");
            assertThat(panel.path("targets").values())
                    .allMatch(target -> target.path("expr").asString("").contains("instance=~\"$instance\""));
        }
        List<JsonNode> variables =
                List.copyOf(dashboard.path("templating").path("list").values());
        assertThat(variables.stream().map(it -> it.path("name").asString("")))
                .containsExactly("datasource", "instance");
        Matcher values = LABEL_VALUES.matcher(variables.getLast().path("query").asString(""));
        assertThat(values.matches()).isTrue();
        assertThat(exported.names()).contains(values.group(1));
        assertThat(values.group(2)).isEqualTo("instance");
    }

    @Test
    void panelsStandSideBySide() throws IOException {
        Set<Integer> ids = new HashSet<>();
        Set<String> cells = new HashSet<>();
        for (JsonNode panel : dashboard().path("panels").values()) {
            String title = panel.path("title").asString("");
            JsonNode place = panel.path("gridPos");
            assertThat(ids.add(panel.path("id").intValue())).as(title).isTrue();
            assertThat(place.path("x").intValue() + place.path("w").intValue())
                    .as(title)
                    .isLessThanOrEqualTo(24);
            for (int x = 0; x < place.path("w").intValue(); x++) {
                for (int y = 0; y < place.path("h").intValue(); y++) {
                    assertThat(cells.add((place.path("x").intValue() + x) + " "
                                    + (place.path("y").intValue() + y)))
                            .as(title)
                            .isTrue();
                }
            }
        }
    }

    @Test
    void alertsAskForWhatIsExported() throws IOException {
        List<Map<String, Object>> alerts = alerts();
        assertThat(alerts).hasSizeGreaterThan(10);
        for (Map<String, Object> alert : alerts) {
            String expression = text(alert, "expr");
            assertThat(problems(expression))
                    .as("%s: %s", alert.get("alert"), expression)
                    .isEmpty();
        }
    }

    @Test
    void alertsSayWhatIsWrongAndWhatToDo() throws IOException {
        Set<String> names = new HashSet<>();
        for (Map<String, Object> alert : alerts()) {
            String name = text(alert, "alert");
            assertThat(names.add(name)).as(name).isTrue();
            assertThat(name).startsWith("Gatehouse");
            assertThat(text(mapping(alert, "labels"), "severity")).as(name).isIn("critical", "warning");
            assertThat(text(mapping(alert, "annotations"), "summary")).as(name).hasSizeBetween(10, 100);
            assertThat(text(mapping(alert, "annotations"), "description"))
                    .as(name)
                    .hasSizeGreaterThan(60);
        }
    }

    /** A counter that has risen once does so for as long as the range; a wait shorter than that changes nothing. */
    @Test
    void alertsOnWhatHasRisenWaitForLongerThanTheyLookBack() throws IOException {
        for (Map<String, Object> alert : alerts()) {
            String name = text(alert, "alert");
            Object wait = alert.get("for");
            assertThat(wait == null || String.valueOf(wait).matches("\\d+[mh]"))
                    .as(name)
                    .isTrue();
            Matcher risen = RISEN.matcher(text(alert, "expr"));
            if (risen.find() && wait != null) {
                assertThat(minutes(String.valueOf(wait))).as(name).isGreaterThan(minutes(risen.group(1)));
            }
        }
    }

    private static int minutes(String duration) {
        int number = Integer.parseInt(duration.substring(0, duration.length() - 1));
        return duration.endsWith("h") ? 60 * number : number;
    }

    @Test
    void scrapeExampleFitsTheAlerts() throws IOException {
        Map<String, Object> configuration = yaml(PROMETHEUS.resolve("prometheus.yaml"));
        assertThat(list(configuration, "rule_files"))
                .hasSize(1)
                .allSatisfy(file ->
                        assertThat(PROMETHEUS.resolve(String.valueOf(file))).exists());
        Map<String, Object> scrape = entries(configuration, "scrape_configs").getFirst();
        Set<String> jobs = new HashSet<>();
        for (Map<String, Object> alert : alerts()) {
            PromQl.parse(text(alert, "expr")).selectors().stream()
                    .flatMap(selector -> selector.matchers().stream())
                    .filter(matcher -> matcher.label().equals("job"))
                    .forEach(matcher -> jobs.add(matcher.value()));
        }
        assertThat(jobs).containsExactly(text(scrape, "job_name"));
        assertThat(list(entries(scrape, "static_configs").getFirst(), "targets"))
                .isNotEmpty()
                .allMatch(target -> String.valueOf(target).endsWith(":9877"));
    }

    @Test
    void whatIsNotExportedIsFound() {
        assertThat(problems("rate(gatehouse_ids_isued_total[5m])"))
                .containsExactly("no metric gatehouse_ids_isued_total");
        assertThat(problems("sum by (outcme) (gatehouse_job_runs_total{job=\"gatehouse\"})"))
                .containsExactly("no metric has the label outcme");
        assertThat(problems("gatehouse_job_runs_total{job_nme=\"reseal\"}"))
                .containsExactly("gatehouse_job_runs_total has no label job_nme");
        assertThat(problems("gatehouse_job_runs_total{outcome=~\"fail|timeout\"}"))
                .containsExactly("no gatehouse_job_runs_total has outcome=~\"fail|timeout\"");
        assertThat(problems("rte(gatehouse_ids_issued_total[5m])")).containsExactly("no function rte");
        assertThat(problems("1 > 0")).containsExactly("no metric at all");
    }

    /** What of an expression Prometheus would not find. */
    private static List<String> problems(String expression) {
        PromQl parsed = PromQl.parse(expression);
        List<String> problems = new ArrayList<>();
        if (parsed.selectors().isEmpty()) {
            problems.add("no metric at all");
        }
        parsed.selectors().forEach(selector -> problems.addAll(problems(selector)));
        parsed.functions().stream()
                .filter(function -> !FUNCTIONS.contains(function))
                .forEach(function -> problems.add("no function " + function));
        parsed.grouping().stream()
                .filter(label -> !OF_TARGET.contains(label))
                .filter(label -> parsed.selectors().stream()
                        .noneMatch(
                                selector -> exported.labels(selector.metric()).contains(label)))
                .forEach(label -> problems.add("no metric has the label " + label));
        return problems;
    }

    private static List<String> problems(Selector selector) {
        String metric = selector.metric();
        if (!metric.equals(UP) && !exported.names().contains(metric)) {
            return List.of("no metric " + metric);
        }
        List<String> problems = new ArrayList<>();
        for (LabelMatcher matcher : selector.matchers()) {
            if (OF_TARGET.contains(matcher.label())) {
                continue;
            }
            if (!exported.labels(metric).contains(matcher.label())) {
                problems.add(metric + " has no label " + matcher.label());
            } else if (exported.of(metric, Map.of()).stream()
                    .noneMatch(sample -> matcher.accepts(sample.labels().getOrDefault(matcher.label(), "")))) {
                problems.add(
                        "no %s has %s%s\"%s\"".formatted(metric, matcher.label(), matcher.operator(), matcher.value()));
            }
        }
        return problems;
    }

    private static JsonNode dashboard() throws IOException {
        return new JsonMapper().readTree(Files.readString(DASHBOARD));
    }

    private static List<JsonNode> panels() throws IOException {
        return dashboard().path("panels").values().stream()
                .filter(panel -> !panel.path("type").asString("").equals("row"))
                .toList();
    }

    private static List<Map<String, Object>> alerts() throws IOException {
        return entries(yaml(ALERTS), "groups").stream()
                .flatMap(group -> entries(group, "rules").stream())
                .toList();
    }

    private static Map<String, Object> yaml(Path file) throws IOException {
        return new Yaml().load(Files.readString(file));
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> entries(Map<String, Object> mapping, String key) {
        return (List<Map<String, Object>>) Objects.requireNonNull(mapping.get(key), key);
    }

    @SuppressWarnings("unchecked")
    private static List<Object> list(Map<String, Object> mapping, String key) {
        return (List<Object>) Objects.requireNonNull(mapping.get(key), key);
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> mapping(Map<String, Object> mapping, String key) {
        return (Map<String, Object>) Objects.requireNonNull(mapping.get(key), key);
    }

    private static String text(Map<String, Object> mapping, String key) {
        return String.valueOf(Objects.requireNonNull(mapping.get(key), key));
    }
}
