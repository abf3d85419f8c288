package io.gatehouse.throttle;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.StringJoiner;
import java.util.function.Function;

/**
 * What counting a request came to, tier by tier up to the first that blocks. Immutable.
 */
public record Counted(List<Outcome> outcomes) {

    /** Of one tier. */
    sealed interface Outcome {
        Tier tier();
    }

    /** So many more requests until the limit; the announced period ends in so many seconds. */
    record Allowed(Tier tier, long remaining, long reset) implements Outcome {}

    /** No more requests for so many seconds. */
    record Blocked(Tier tier, long seconds) implements Outcome {}

    /** Header and value of a response. */
    public record Header(String name, String value) {}

    /** Seconds until the client may come again; empty if it may go on. */
    public OptionalLong retryAfter() {
        // Nothing is counted after a tier that blocks.
        return !outcomes.isEmpty() && outcomes.getLast() instanceof Blocked blocked
                ? OptionalLong.of(blocked.seconds())
                : OptionalLong.empty();
    }

    /**
     * As @nestjs/throttler 6.5.0 sends them: of a tier that allows, limit, remaining and reset; of one that blocks,
     * Retry-After alone. Beside them a plain Retry-After, and RateLimit-Policy and RateLimit of
     * draft-ietf-httpapi-ratelimit-headers-10.
     */
    public List<Header> headers() {
        List<Header> headers = new ArrayList<>();
        for (Outcome outcome : outcomes) {
            String suffix = outcome.tier().suffix();
            switch (outcome) {
                case Allowed it -> {
                    headers.add(header("X-RateLimit-Limit" + suffix, it.tier().limit()));
                    headers.add(header("X-RateLimit-Remaining" + suffix, it.remaining()));
                    headers.add(header("X-RateLimit-Reset" + suffix, it.reset()));
                }
                case Blocked it -> {
                    headers.add(header("Retry-After" + suffix, it.seconds()));
                    if (!suffix.isEmpty()) {
                        headers.add(header("Retry-After", it.seconds()));
                    }
                }
            }
        }
        if (!outcomes.isEmpty()) {
            headers.add(new Header("RateLimit-Policy", joined(Counted::policy)));
            headers.add(new Header("RateLimit", joined(Counted::state)));
        }
        return headers;
    }

    private String joined(Function<Outcome, String> text) {
        StringJoiner joined = new StringJoiner(", ");
        outcomes.forEach(outcome -> joined.add(text.apply(outcome)));
        return joined.toString();
    }

    private static String policy(Outcome outcome) {
        Tier tier = outcome.tier();
        long seconds = Math.ceilDiv(tier.period().toMillis(), 1000L);
        return '"' + tier.name() + "\";q=" + tier.limit() + ";w=" + seconds;
    }

    private static String state(Outcome outcome) {
        String name = '"' + outcome.tier().name() + '"';
        return switch (outcome) {
            case Allowed it -> name + ";r=" + it.remaining() + ";t=" + it.reset();
            case Blocked it -> name + ";r=0;t=" + it.seconds();
        };
    }

    private static Header header(String name, long value) {
        return new Header(name, Long.toString(value));
    }
}
