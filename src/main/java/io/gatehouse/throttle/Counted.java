package io.gatehouse.throttle;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * What counting a request came to, tier by tier up to the first that blocks. Immutable.
 *
 * @param tiers what is told of them, in the order of the outcomes; those behind a tier that blocks are not told of
 */
public record Counted(List<Outcome> outcomes, List<TierHeaders> tiers) {

    /** Nothing was counted. */
    public static final Counted NONE = new Counted(List.of(), List.of());

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
        if (outcomes.isEmpty()) {
            return List.of();
        }
        List<Header> headers = new ArrayList<>(3 * outcomes.size() + 2);
        StringBuilder policy = new StringBuilder(64);
        StringBuilder state = new StringBuilder(64);
        for (int i = 0; i < outcomes.size(); i++) {
            String separator = i == 0 ? "" : ", ";
            policy.append(separator).append(tiers.get(i).policy());
            tiers.get(i).tell(outcomes.get(i), headers, state.append(separator));
        }
        headers.add(new Header("RateLimit-Policy", policy.toString()));
        headers.add(new Header("RateLimit", state.toString()));
        return headers;
    }
}
