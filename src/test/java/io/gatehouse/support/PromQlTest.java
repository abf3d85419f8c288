package io.gatehouse.support;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.support.PromQl.LabelMatcher;
import io.gatehouse.support.PromQl.Selector;
import java.util.List;
import org.junit.jupiter.api.Test;

class PromQlTest {

    @Test
    void namesLabelsAndFunctionsAreFound() {
        PromQl found = PromQl.parse("""
                histogram_quantile(0.99, sum by (le, http_route) (rate(a_seconds_bucket{x="y z", r=~"/api/[a-z]{2}.*"}[$__rate_interval])))
                  / on (instance) max(b_total offset 5m) > bool 1e3 and c unless sum without (d) (e{f!="g"}) == -1""");

        assertThat(found.selectors())
                .containsExactly(
                        new Selector(
                                "a_seconds_bucket",
                                List.of(
                                        new LabelMatcher("x", "=", "y z"),
                                        new LabelMatcher("r", "=~", "/api/[a-z]{2}.*"))),
                        new Selector("b_total", List.of()),
                        new Selector("c", List.of()),
                        new Selector("e", List.of(new LabelMatcher("f", "!=", "g"))));
        assertThat(found.grouping()).containsExactlyInAnyOrder("le", "http_route", "instance", "d");
        assertThat(found.functions()).containsExactlyInAnyOrder("histogram_quantile", "sum", "rate", "max");
    }

    @Test
    void matchersAreThoseOfPrometheus() {
        assertThat(new LabelMatcher("a", "=~", "4xx|5xx").accepts("5xx")).isTrue();
        assertThat(new LabelMatcher("a", "=~", "4x").accepts("4xx"))
                .as("whole values")
                .isFalse();
        assertThat(new LabelMatcher("a", "!~", "/api/.*").accepts("/live")).isTrue();
        assertThat(new LabelMatcher("a", "!=", "b").accepts("b")).isFalse();
    }
}
