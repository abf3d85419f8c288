package io.gatehouse.throttle;

import io.gatehouse.redis.Numbers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * The tiers that a request has to pass, the one with the shortest period first as @nestjs/throttler sorts them; none
 * means no limit. Immutable.
 */
public final class Limits {

    /** Requests are neither counted nor blocked. */
    public static final Limits NONE = new Limits(List.of());

    /** State stays one of so many parts of a period longer than it: a slot of it may still count. */
    private static final long KEPT_LONGER = 16;

    private final List<Tier> tiers;
    private final List<TierHeaders> headers;
    private final String[] arguments;

    private Limits(List<Tier> tiers) {
        this.tiers = tiers;
        this.headers = tiers.stream().map(TierHeaders::new).toList();
        this.arguments = arguments(tiers);
    }

    public static Limits of(Tier... tiers) {
        return new Limits(List.of(tiers).stream()
                .sorted(Comparator.comparing(Tier::period))
                .toList());
    }

    List<Tier> tiers() {
        return tiers;
    }

    /** What {@code limits()} of windows.lua takes, the time left to Redis, behind what else a script takes. */
    public String[] arguments(String... before) {
        String[] all = Arrays.copyOf(before, before.length + arguments.length);
        System.arraycopy(arguments, 0, all, before.length, arguments.length);
        return all;
    }

    private static String[] arguments(List<Tier> tiers) {
        List<String> arguments = new ArrayList<>(List.of("", Integer.toString(tiers.size())));
        for (Tier tier : tiers) {
            arguments.add(Long.toString(tier.period().toMillis()));
            arguments.add(Integer.toString(tier.limit()));
        }
        if (!tiers.isEmpty()) {
            long longest = tiers.getLast().period().toMillis();
            arguments.add(Long.toString(longest + Math.ceilDiv(longest, KEPT_LONGER)));
        }
        return arguments.toArray(String[]::new);
    }

    /** Reads what {@code count()} returned: the numbers that are left of a reply. */
    public Counted read(Numbers reply) {
        List<Counted.Outcome> outcomes = new ArrayList<>(tiers.size());
        for (Tier tier : tiers) {
            if (!reply.more()) {
                break;
            }
            boolean allowed = reply.next() == 1;
            long number = reply.next();
            outcomes.add(allowed ? new Counted.Allowed(tier, number, reply.next()) : new Counted.Blocked(tier, number));
        }
        return counted(outcomes);
    }

    /** With an outcome of each tier up to the first that blocks. */
    Counted counted(List<Counted.Outcome> outcomes) {
        return new Counted(outcomes, headers);
    }
}
