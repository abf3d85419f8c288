package io.gatehouse.throttle;

import java.util.List;

/** What responses tell of a tier, with everything at hand that is the same each time. Immutable. */
final class TierHeaders {

    private final String limit;
    private final String remaining;
    private final String reset;
    private final List<String> retryAfter;
    private final String most;
    private final String policy;
    private final String name;

    TierHeaders(Tier tier) {
        String suffix = tier.suffix();
        this.limit = "X-RateLimit-Limit" + suffix;
        this.remaining = "X-RateLimit-Remaining" + suffix;
        this.reset = "X-RateLimit-Reset" + suffix;
        this.retryAfter = suffix.isEmpty() ? List.of("Retry-After") : List.of("Retry-After" + suffix, "Retry-After");
        this.most = Integer.toString(tier.limit());
        this.name = '"' + tier.name() + '"';
        this.policy = name + ";q=" + most + ";w=" + Math.ceilDiv(tier.period().toMillis(), 1000L);
    }

    /** Its part of {@code RateLimit-Policy}. */
    String policy() {
        return policy;
    }

    /** Adds its own headers, and its part of {@code RateLimit} to a text. */
    void tell(Counted.Outcome outcome, List<Counted.Header> headers, StringBuilder state) {
        switch (outcome) {
            case Counted.Allowed it -> {
                String left = Long.toString(it.remaining());
                String seconds = Long.toString(it.reset());
                headers.add(new Counted.Header(limit, most));
                headers.add(new Counted.Header(remaining, left));
                headers.add(new Counted.Header(reset, seconds));
                tell(state, left, seconds);
            }
            case Counted.Blocked it -> {
                String seconds = Long.toString(it.seconds());
                retryAfter.forEach(header -> headers.add(new Counted.Header(header, seconds)));
                tell(state, "0", seconds);
            }
        }
    }

    private void tell(StringBuilder state, String left, String seconds) {
        state.append(name).append(";r=").append(left).append(";t=").append(seconds);
    }
}
