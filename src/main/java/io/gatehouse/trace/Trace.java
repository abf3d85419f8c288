package io.gatehouse.trace;

import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Our part of a trace that somebody before us has begun, by W3C Trace Context (Recommendation of 23 November 2021). We
 * begin none: a request without a {@code traceparent}, or with one that does not follow the rules, has no trace, and
 * what we call for it gets no header. Within a request the part is a scoped value, as its log id is bound to the thread.
 *
 * @param traceId of the whole, 32 lower-case hex digits
 * @param spanId of our part, new with each request, 16 lower-case hex digits
 * @param sampled whether who called us may have recorded its part
 * @param tracestate what others want passed on, or an empty text; see {@link TraceState}
 */
public record Trace(String traceId, String spanId, boolean sampled, String tracestate) {

    private static final ScopedValue<Trace> OF_REQUEST = ScopedValue.newInstance();

    /** Version, trace, parent, flags; what a later version may have beside them. */
    private static final Pattern TRACEPARENT =
            Pattern.compile("([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?");

    private static final String VERSION = "00";
    private static final String NO_VERSION = "ff";
    private static final int SAMPLED = 1;

    /**
     * The trace of a request, with a new part for us.
     *
     * @param traceparent lines of that header; more than one counts as none
     * @param tracestate lines of that header
     * @return empty where the first does not follow the rules; the second is then not looked at
     */
    public static Optional<Trace> join(List<String> traceparent, List<String> tracestate) {
        if (traceparent.size() != 1) {
            return Optional.empty();
        }
        Matcher parts = TRACEPARENT.matcher(traceparent.getFirst());
        if (!parts.matches() || !follows(parts)) {
            return Optional.empty();
        }
        boolean sampled = (HexFormat.fromHexDigits(parts.group(4)) & SAMPLED) != 0;
        return Optional.of(new Trace(parts.group(2), newSpanId(), sampled, TraceState.of(tracestate)));
    }

    /** Of later versions the fields that we know are read, and what else they have must stand behind a dash. */
    private static boolean follows(Matcher parts) {
        boolean version = parts.group(1).equals(VERSION)
                ? parts.group(5) == null
                : !parts.group(1).equals(NO_VERSION);
        return version && !isZero(parts.group(2)) && !isZero(parts.group(3));
    }

    private static boolean isZero(String digits) {
        return digits.chars().allMatch(digit -> digit == '0');
    }

    private static String newSpanId() {
        long id = 0;
        while (id == 0) {
            id = ThreadLocalRandom.current().nextLong();
        }
        return HexFormat.of().toHexDigits(id);
    }

    /** Runs a request as a part of this trace. */
    public void within(Runnable request) {
        ScopedValue.where(OF_REQUEST, this).run(request);
    }

    /** Of the request that this thread serves. */
    public static Optional<Trace> current() {
        return OF_REQUEST.isBound() ? Optional.of(OF_REQUEST.get()) : Optional.empty();
    }

    /**
     * The header's value for whom we call: our part as the parent, in the version that we know. {@link #tracestate} goes
     * beside it unless it is empty.
     */
    public String traceparent() {
        return VERSION + "-" + traceId + "-" + spanId + (sampled ? "-01" : "-00");
    }

    /** What a call of ours carries on. */
    public Map<String, String> headers() {
        return tracestate.isEmpty()
                ? Map.of("traceparent", traceparent())
                : Map.of("traceparent", traceparent(), "tracestate", tracestate);
    }
}
