package io.gatehouse.admission;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** How often each verdict was given; all of them are there from the start. Thread-safe. */
final class VerdictCounters {

    private final Map<Verdict, Counter> counters = new EnumMap<>(Verdict.class);

    VerdictCounters(MeterRegistry meters) {
        for (Verdict verdict : Verdict.values()) {
            counters.put(
                    verdict,
                    Counter.builder("gatehouse.admission.verdicts")
                            .description("Requests by what admission decided")
                            .tag("verdict", verdict.name().toLowerCase(Locale.ROOT))
                            .register(meters));
        }
    }

    void count(Verdict verdict) {
        Objects.requireNonNull(counters.get(verdict)).increment();
    }
}
