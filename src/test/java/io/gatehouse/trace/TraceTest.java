package io.gatehouse.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules of W3C Trace Context, and the cases of its own test suite (w3c/trace-context, test/test.py). */
class TraceTest {

    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String PARENT = "b7ad6b7169203331";
    private static final String VALID = "00-" + TRACE + "-" + PARENT + "-01";

    @Test
    void traceGoesOnWithAPartOfOurOwn() {
        Trace trace = Trace.join(List.of(VALID), List.of()).orElseThrow();

        assertThat(trace.traceId()).isEqualTo(TRACE);
        assertThat(trace.spanId()).matches("[0-9a-f]{16}").isNotEqualTo(PARENT).isNotEqualTo("0000000000000000");
        assertThat(trace.traceparent()).isEqualTo("00-" + TRACE + "-" + trace.spanId() + "-01");
        assertThat(trace.tracestate()).isEmpty();
    }

    @Test
    void callsOfOthersCarryItOn() {
        Trace bare = Trace.join(List.of(VALID), List.of()).orElseThrow();
        Trace stated = Trace.join(List.of(VALID), List.of("congo=t61rcWkgMzE")).orElseThrow();

        assertThat(bare.headers()).containsExactly(Map.entry("traceparent", bare.traceparent()));
        assertThat(stated.headers())
                .containsOnly(
                        Map.entry("traceparent", stated.traceparent()), Map.entry("tracestate", "congo=t61rcWkgMzE"));
    }

    @Test
    void everyPartHasAnotherId() {
        assertThat(IntStream.range(0, 1000)
                        .mapToObj(i -> Trace.join(List.of(VALID), List.of())
                                .orElseThrow()
                                .spanId())
                        .collect(Collectors.toSet()))
                .hasSize(1000);
    }

    @Test
    void onlyTheFlagThatWeKnowIsPassedOn() {
        for (int flags = 0; flags < 256; flags++) {
            Trace trace = joined("00-" + TRACE + "-" + PARENT + String.format(Locale.ROOT, "-%02x", flags))
                    .orElseThrow();
            assertThat(trace.sampled()).as("%x", flags).isEqualTo(flags % 2 == 1);
            assertThat(trace.traceparent()).endsWith(flags % 2 == 1 ? "-01" : "-00");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "00",
                "00-0af7651916cd43dd8448eb211c80319c",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
                // Zeros.
                "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
                // Capitals.
                "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-B7AD6B7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0A",
                "0A-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                // No hex digits.
                "0x-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "00-.af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-.7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-.1",
                // Too long or too short.
                "000-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "0-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c0-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b71692033310-01",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b716920333-01",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-1",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-001",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-what-the-future-will-be-like",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01.",
                // Other separators.
                "00_0af7651916cd43dd8448eb211c80319c_b7ad6b7169203331_01",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01,00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                // Never a version.
                "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x",
                // Of a later version, but not as one may look.
                "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01.what-the-future-will-be-like",
                "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-010",
                "cc-00000000000000000000000000000000-b7ad6b7169203331-01",
                "cc-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            })
    void whatBreaksTheRulesIsNoTrace(String traceparent) {
        assertThat(joined(traceparent)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-what-the-future-will-be-like",
                "fe-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-",
            })
    void laterVersionsAreReadAsFarAsTheyAreKnownAndPassedOnAsOurs(String traceparent) {
        Trace trace = joined(traceparent).orElseThrow();
        assertThat(trace.traceparent()).isEqualTo("00-" + TRACE + "-" + trace.spanId() + "-01");
    }

    @Test
    void twoHeadersAreNone() {
        assertThat(Trace.join(List.of(VALID, VALID), List.of())).isEmpty();
        assertThat(Trace.join(List.of(), List.of("a=b"))).isEmpty();
    }

    @Test
    void stateOfOthersIsPassedOnInItsOrder() {
        assertThat(state("rojo=00f067aa0ba902b7,congo=t61rcWkgMzE"))
                .isEqualTo("rojo=00f067aa0ba902b7,congo=t61rcWkgMzE");
        assertThat(state("a=1", "b=2 3 , ,c@d=4")).isEqualTo("a=1,b=2 3,c@d=4");
        assertThat(state("0/*_-=!~")).isEqualTo("0/*_-=!~");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "a=", "=1", "A=1", "a=1=2", "a b=1", "a=1,b", "é=1", "a=é", "a=\u0001", "a=1;b=2,;"})
    void stateThatBreaksTheRulesIsDroppedAndTheTraceGoesOn(String state) {
        Trace trace = Trace.join(List.of(VALID), List.of(state)).orElseThrow();
        assertThat(trace.traceId()).isEqualTo(TRACE);
        assertThat(trace.tracestate()).isEmpty();
    }

    @Test
    void stateIsBounded() {
        String five = IntStream.range(0, 5)
                .mapToObj(i -> "k" + i + "=" + "x".repeat(97))
                .collect(Collectors.joining(","));
        assertThat(five).hasSize(504);
        assertThat(state(five)).isEqualTo(five);
        assertThat(state(five + ",old=12345")).as("the last go").isEqualTo(five);
        assertThat(state("long=" + "y".repeat(200) + "," + five))
                .as("the longest go first")
                .isEqualTo(five);
        assertThat(state("k=" + "x".repeat(256))).hasSize(258);
        assertThat(state("k=" + "x".repeat(257))).isEmpty();
        assertThat(state("k".repeat(257) + "=x")).isEmpty();
        String members = IntStream.range(0, 32).mapToObj(i -> "k" + i + "=1").collect(Collectors.joining(","));
        assertThat(state(members)).isEqualTo(members);
        assertThat(state(members + ",one=more")).isEmpty();
    }

    @Test
    void traceIsThatOfTheRequest() {
        Trace trace = joined(VALID).orElseThrow();

        assertThat(Trace.current()).isEmpty();
        trace.within(() -> assertThat(Trace.current()).contains(trace));
        assertThat(Trace.current()).isEmpty();
    }

    private static Optional<Trace> joined(String traceparent) {
        return Trace.join(List.of(traceparent), List.of());
    }

    private static String state(String... lines) {
        return Trace.join(List.of(VALID), List.of(lines)).orElseThrow().tracestate();
    }
}
