package io.gatehouse.http;

import io.gatehouse.log.Logging;
import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.http.ServerRequestHeaders;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.http.DirectHandlers;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * Answers requests that never reach a route, because they are broken or too large, in the same shape and with the
 * same log line as any other. Thread-safe.
 */
final class TransportErrors implements DirectHandler {

    private final Wire wire;
    private final RequestMeters.OfRoute meters;

    TransportErrors(Wire wire) {
        this.wire = wire;
        this.meters = wire.requestMeters().of(RequestMeters.TRANSPORT);
    }

    DirectHandlers forAllEvents() {
        DirectHandlers.Builder handlers = DirectHandlers.builder();
        for (EventType type : EventType.values()) {
            handlers.addHandler(type, this);
        }
        return handlers.build();
    }

    @Override
    public TransportResponse handle(
            TransportRequest request,
            EventType type,
            Status defaultStatus,
            ServerResponseHeaders headers,
            String message) {
        String logId = Long.toString(wire.logIds().getAsLong());
        Problem problem = Problem.of(code(request, defaultStatus, message));
        ProblemWriter.Body body = wire.problems()
                .body(
                        problem,
                        Language.of(header(request.headers(), "Accept-Language").orElse(null)),
                        header(request.headers(), "Accept"),
                        logId);
        byte[] entity = wire.json().write(body.value());
        log(logId, request, problem.code(), entity.length);
        headers.set(Adaptor.LOG_ID, logId);
        if (problem.code() == ProblemCode.UNAVAILABLE) {
            headers.set(HeaderNames.RETRY_AFTER, "1");
        }
        headers.set(HeaderNames.CONTENT_TYPE, body.mediaType() + "; charset=utf-8");
        wire.standardHeaders().addTo(headers);
        return TransportResponse.builder()
                .status(Status.create(problem.code().status()))
                .headers(headers)
                .entity(entity)
                .keepAlive(false)
                .build();
    }

    private static ProblemCode code(TransportRequest request, Status status, @Nullable String message) {
        // Helidon reports headers over the limit as a plain 400; only its words tell.
        if (message != null && message.toLowerCase(Locale.ROOT).contains("header size exceeded")) {
            return ProblemCode.HEADERS_TOO_LARGE;
        }
        // It also calls a client that left within its headers an internal error; nothing of ours ran by then.
        boolean unread = request.method().isEmpty();
        return unread ? ProblemCode.ofStatus(Math.min(status.code(), 499)) : ProblemCode.ofStatus(status.code());
    }

    private void log(String logId, TransportRequest request, ProblemCode code, int bytes) {
        // How long they took nobody knows: Helidon tells of them when it has given up.
        meters.record(request.method(), code.status(), 0);
        try (MDC.MDCCloseable _ = MDC.putCloseable(Logging.LOG_ID, logId)) {
            wire.requestLog()
                    .write(new RequestLog.Entry(
                            request.method(),
                            RequestMeters.TRANSPORT,
                            request.path(),
                            code.status(),
                            Duration.ZERO,
                            bytes,
                            "",
                            Optional.empty(),
                            null));
        }
    }

    private static Optional<String> header(ServerRequestHeaders headers, String name) {
        return headers.first(HeaderNames.create(name));
    }
}
