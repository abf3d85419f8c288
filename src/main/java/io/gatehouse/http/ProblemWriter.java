package io.gatehouse.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Turns a problem into a body: the envelope, or RFC 9457 where the client asks for it. The one place where errors
 * become responses. Thread-safe.
 */
final class ProblemWriter {

    static final String PROBLEM_JSON = "application/problem+json";

    private final Messages messages = new Messages();

    /** A body with its media type. */
    record Body(String mediaType, Object value) {}

    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    private record Envelope(int code, String msg, String logId, Map<String, String> detail) {}

    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    private record Details(
            String type,
            String title,
            int status,
            String detail,
            String instance,
            int code,
            String logId,
            List<FieldError> errors) {}

    private record FieldError(String pointer, String detail) {}

    Body body(Problem problem, Language language, Optional<String> accept, String logId) {
        Map<String, String> fields = new TreeMap<>();
        problem.violations().forEach((field, violation) -> fields.put(field, messages.of(violation, language)));
        String text = message(problem.code(), language);
        boolean standard = accept.map(value -> value.contains(PROBLEM_JSON)).orElse(false);
        return standard
                ? new Body(PROBLEM_JSON, details(problem.code(), text, logId, fields))
                : new Body("application/json", new Envelope(problem.code().code(), text, logId, fields));
    }

    String message(ProblemCode code, Language language) {
        return messages.of(code, language);
    }

    private Details details(ProblemCode code, String text, String logId, Map<String, String> fields) {
        return new Details(
                "urn:gatehouse:problem:" + code.key(),
                messages.of(code, Language.ENGLISH),
                code.status(),
                text,
                "urn:gatehouse:log:" + logId,
                code.code(),
                logId,
                fields.entrySet().stream()
                        .map(field -> new FieldError("/" + field.getKey(), field.getValue()))
                        .toList());
    }
}
