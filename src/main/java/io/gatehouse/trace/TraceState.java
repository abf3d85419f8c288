package io.gatehouse.trace;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The header {@code tracestate} of W3C Trace Context: what it holds is passed on as it is, within bounds, and never
 * looked into. One that does not follow the rules is dropped as a whole. Stateless.
 */
final class TraceState {

    /** What everybody has to pass on at least, and we at most. */
    static final int MOST_CHARS = 512;

    private static final int MOST_MEMBERS = 32;

    /** Longer ones go first where there is not room for all. */
    private static final int LONG_MEMBER = 128;

    private static final Pattern MEMBER = Pattern.compile(
            "[a-z0-9][a-z0-9_\\-*/@]{0,255}=[\\x20-\\x2b\\x2d-\\x3c\\x3e-\\x7e]{0,255}[\\x21-\\x2b\\x2d-\\x3c\\x3e-\\x7e]");

    private TraceState() {}

    /** Lines of the header, in their order, as one. */
    static String of(List<String> lines) {
        List<String> members = lines.stream()
                .flatMap(line -> Arrays.stream(line.split(",", -1)))
                .map(String::strip)
                .filter(member -> !member.isEmpty())
                .toList();
        boolean follows = members.size() <= MOST_MEMBERS
                && members.stream().allMatch(member -> MEMBER.matcher(member).matches());
        return follows ? bounded(members) : "";
    }

    private static String bounded(List<String> members) {
        String all = String.join(",", members);
        if (all.length() <= MOST_CHARS) {
            return all;
        }
        List<String> kept = new ArrayList<>(members);
        kept.removeIf(member -> member.length() > LONG_MEMBER);
        // The last ones are the oldest.
        while (String.join(",", kept).length() > MOST_CHARS) {
            kept.removeLast();
        }
        return String.join(",", kept);
    }
}
