package io.gatehouse.bench;

import io.gatehouse.bench.Load.Requests;
import java.util.ArrayList;
import java.util.List;

/**
 * Two servers under the same load, in turn (first, second; second, first; …), so that whatever else the machine does
 * meets both. Immutable.
 *
 * @param name of what was compared
 */
record Comparison(String name, List<Round> first, List<Round> second) {

    /** A server, and what it is asked. */
    record Side(Server server, Requests requests) {}

    static Comparison run(String name, Plan plan, Load load, Side first, Side second) {
        for (Side side : List.of(first, second)) {
            Progress.say("%s: warming up %s, %d s".formatted(name, side.server().name(), plan.warmUpSeconds()));
            side.server().round(load, side.requests(), plan.connections(), plan.warmUpSeconds());
        }
        List<Round> ofFirst = new ArrayList<>();
        List<Round> ofSecond = new ArrayList<>();
        for (int pair = 1; pair <= plan.pairs(); pair++) {
            // Every other pair the other way round: nobody is always the one who comes after.
            boolean turned = pair % 2 == 0;
            Round begun = round(plan, load, turned ? second : first);
            Round ended = round(plan, load, turned ? first : second);
            Round one = turned ? ended : begun;
            Round other = turned ? begun : ended;
            Progress.say("%s: pair %d of %d, %,.0f against %,.0f per second, ratio %.3f"
                    .formatted(
                            name,
                            pair,
                            plan.pairs(),
                            one.perSecond(),
                            other.perSecond(),
                            one.perSecond() / other.perSecond()));
            ofFirst.add(one);
            ofSecond.add(other);
        }
        return new Comparison(name, List.copyOf(ofFirst), List.copyOf(ofSecond));
    }

    private static Round round(Plan plan, Load load, Side side) {
        Round round = side.server().round(load, side.requests(), plan.connections(), plan.roundSeconds());
        if (round.sample().failed() > 0) {
            throw new IllegalStateException("%s failed %d requests: %s"
                    .formatted(side.server().name(), round.sample().failed(), round.sample()));
        }
        return round;
    }

    /** Of the first to the second, by requests per second. */
    Ratio ratio() {
        return Ratio.of(rates(first), rates(second));
    }

    private static List<Double> rates(List<Round> rounds) {
        return rounds.stream().map(Round::perSecond).toList();
    }
}
