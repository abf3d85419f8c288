package io.gatehouse.http;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Why a request gets no success: the one type of error that handlers throw. It becomes a response in exactly one
 * place, {@link ProblemWriter}. Carries no stack trace of its own; a cause, if any, goes to the log only.
 */
public final class Problem extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final ProblemCode code;
    private final transient Map<String, Violation> violations;
    private final transient List<ReplyHeader> headers;

    private Problem(
            ProblemCode code, Map<String, Violation> violations, List<ReplyHeader> headers, @Nullable Throwable cause) {
        super(code.key(), cause, false, false);
        this.code = code;
        this.violations = violations;
        this.headers = headers;
    }

    public static Problem of(ProblemCode code) {
        return new Problem(code, Map.of(), List.of(), null);
    }

    /** One wrong field, found wrong by a rule that needed more than the request. */
    public static Problem invalidField(String field, Violation violation) {
        return invalidFields(Map.of(field, violation));
    }

    /** A wrong field each, in alphabetical order. */
    static Problem invalidFields(Map<String, Violation> violations) {
        return new Problem(ProblemCode.INVALID_FIELDS, new TreeMap<>(violations), List.of(), null);
    }

    /** A dependency is down or a queue is full. */
    public static Problem unavailable(Duration retryAfter, Throwable cause) {
        String seconds = Long.toString(Math.max(1, retryAfter.toSeconds()));
        return new Problem(ProblemCode.UNAVAILABLE, Map.of(), List.of(new ReplyHeader("Retry-After", seconds)), cause);
    }

    /** A fault of ours; the client learns nothing of it. */
    static Problem internal(Throwable cause) {
        return new Problem(ProblemCode.INTERNAL, Map.of(), List.of(), cause);
    }

    /** The same problem with one more response header. */
    public Problem with(String header, String value) {
        List<ReplyHeader> more = new java.util.ArrayList<>(headers);
        more.add(new ReplyHeader(header, value));
        return new Problem(code, violations, List.copyOf(more), getCause());
    }

    public ProblemCode code() {
        return code;
    }

    Map<String, Violation> violations() {
        return violations;
    }

    List<ReplyHeader> headers() {
        return headers;
    }
}
