package io.gatehouse.http;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a handler answers: a status, data for the envelope and headers. Immutable.
 *
 * @param code of the envelope; null means success
 * @param data a record, or null
 */
public record Reply(
        int status, @Nullable ProblemCode code, @Nullable Object data, List<ReplyHeader> headers) {

    public static Reply ok(@Nullable Object data) {
        return new Reply(200, null, data, List.of());
    }

    public static Reply created(Object data) {
        return new Reply(201, null, data, List.of());
    }

    /** A text in another form than the envelope. */
    public static Reply text(String mediaType, String text) {
        return ok(new TextBody(mediaType, text));
    }

    /** A 503 that carries data all the same, such as a health report. */
    public static Reply unavailable(Object data) {
        List<ReplyHeader> headers = List.of(new ReplyHeader("Retry-After", "1"));
        return new Reply(ProblemCode.UNAVAILABLE.status(), ProblemCode.UNAVAILABLE, data, headers);
    }

    /** Whether it carries a header of this very name. */
    public boolean has(String header) {
        return headers.stream().anyMatch(it -> it.name().equals(header));
    }

    /** The same reply with one more header. */
    public Reply with(String header, String value) {
        List<ReplyHeader> more = new ArrayList<>(headers);
        more.add(new ReplyHeader(header, value));
        return new Reply(status, code, data, List.copyOf(more));
    }
}
