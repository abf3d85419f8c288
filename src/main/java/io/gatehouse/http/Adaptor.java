package io.gatehouse.http;

import io.gatehouse.log.Logging;
import io.gatehouse.trace.Trace;
import io.helidon.common.socket.SocketWriterException;
import io.helidon.http.Header;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Headers;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * From a Helidon request to a {@link Call}, through a {@link Handler}, to one response and one log line. Whatever a
 * handler throws ends here. Thread-safe.
 */
final class Adaptor {

    static final HeaderName LOG_ID = HeaderNames.create("x-log-id");

    private static final HeaderName TRACEPARENT = HeaderNames.create("traceparent");
    private static final HeaderName TRACESTATE = HeaderNames.create("tracestate");

    private static final Header JSON =
            HeaderValues.createCached(HeaderNames.CONTENT_TYPE, "application/json; charset=utf-8");

    private final Wire wire;
    private final CrossSite crossSite;
    private final Translation translation;
    private final BooleanSupplier draining;

    /** {@link System#nanoTime()} when the last request began; long ago when none did. */
    private volatile long lastRequest = System.nanoTime() - TimeUnit.DAYS.toNanos(1);

    /** As many as we send headers of; making one out of its text takes a while. */
    private final Map<String, HeaderName> names = new ConcurrentHashMap<>();

    Adaptor(Wire wire, CrossSite crossSite, Translation translation, BooleanSupplier draining) {
        this.wire = wire;
        this.crossSite = crossSite;
        this.translation = translation;
        this.draining = draining;
    }

    /** How long no request has begun. */
    Duration silence() {
        return Duration.ofNanos(System.nanoTime() - lastRequest);
    }

    /** A handler for Helidon; {@code route} is the pattern that stands in the log. */
    io.helidon.webserver.http.Handler adapt(String route, Handler handler) {
        Handler checked = call -> {
            crossSite.check(call);
            return handler.handle(call);
        };
        Endpoint endpoint = new Endpoint(route, checked, wire.requestMeters().of(route));
        return (request, response) -> serve(new Call(request, route, false, wire), endpoint, request, response);
    }

    /** The same for any method and from any site: what proxies send on a client's behalf. */
    io.helidon.webserver.http.Handler adaptForeign(String route, Handler handler) {
        Endpoint endpoint = new Endpoint(route, handler, wire.requestMeters().of(route));
        return (request, response) -> serve(new Call(request, route, true, wire), endpoint, request, response);
    }

    /** What requests of one route are served with. */
    private record Endpoint(String route, Handler handler, RequestMeters.OfRoute meters) {}

    private void serve(Call call, Endpoint endpoint, ServerRequest request, ServerResponse response) {
        Optional<Trace> trace = trace(request.headers());
        if (trace.isEmpty()) {
            answer(call, endpoint, response);
        } else {
            answer(call, endpoint, response, trace.get());
        }
        closeIfAnnounced(request, response);
    }

    /**
     * Closes the connection where either side has announced it. Helidon would go on reading, and take the rest of an
     * unread body for the next request. The body is read to its end first, within the listener's bound, because a
     * client that still sends might otherwise miss the reply.
     */
    private static void closeIfAnnounced(ServerRequest request, ServerResponse response) {
        boolean byUs = response.headers().contains(HeaderValues.CONNECTION_CLOSE);
        if (!byUs && !byClient(request.headers())) {
            return;
        }
        try {
            request.content().consume();
        } catch (RuntimeException e) {
            throw new CloseConnectionException("Closed with a broken body unread", e);
        }
        throw new CloseConnectionException("Closed as announced");
    }

    private static boolean byClient(Headers headers) {
        return headers.contains(HeaderNames.CONNECTION) && headers.containsToken(HeaderValues.CONNECTION_CLOSE);
    }

    /** Of those who sent us a part of one; nearly nobody does. */
    private static Optional<Trace> trace(Headers headers) {
        return headers.contains(TRACEPARENT)
                ? Trace.join(headers.all(TRACEPARENT, List::of), headers.all(TRACESTATE, List::of))
                : Optional.empty();
    }

    private void answer(Call call, Endpoint endpoint, ServerResponse response, Trace trace) {
        try (MDC.MDCCloseable _ = MDC.putCloseable(RequestLog.TRACE_ID, trace.traceId());
                MDC.MDCCloseable _ = MDC.putCloseable(RequestLog.SPAN_ID, trace.spanId())) {
            trace.within(() -> answer(call, endpoint, response));
        }
    }

    private void answer(Call call, Endpoint endpoint, ServerResponse response) {
        long start = System.nanoTime();
        lastRequest = start;
        MDC.put(Logging.LOG_ID, call.logId());
        Outcome outcome = Outcome.ABORTED;
        int bytes = 0;
        try {
            outcome = answer(endpoint.handler(), call);
            bytes = send(call, outcome.reply(), response);
        } catch (CloseConnectionException | SocketWriterException e) {
            outcome = Outcome.ABORTED;
            throw e;
        } catch (RuntimeException | Error e) {
            // Nothing was sent: Helidon answers with a 500 of its own.
            outcome = outcome(Problem.internal(e), call);
            throw e;
        } finally {
            long nanos = System.nanoTime() - start;
            endpoint.meters().record(call.method(), outcome.reply().status(), nanos);
            wire.requestLog().write(entry(endpoint.route(), call, outcome, bytes, nanos));
            MDC.remove(Logging.LOG_ID);
        }
    }

    /** A reply, and what went wrong on our side, if anything did. */
    private record Outcome(Reply reply, @Nullable Throwable failure) {
        /** Status 0: the client is gone and nothing was sent. */
        static final Outcome ABORTED = new Outcome(new Reply(0, null, null, List.of()), null);
    }

    private Outcome answer(Handler handler, Call call) {
        try {
            if (call.climbs()) {
                throw Problem.of(ProblemCode.MALFORMED);
            }
            return new Outcome(handler.handle(call), null);
        } catch (CloseConnectionException e) {
            throw e;
        } catch (Problem problem) {
            return outcome(problem, call);
        } catch (RuntimeException | Error e) {
            Optional<Problem> known =
                    e instanceof RuntimeException failure ? translation.problem(failure) : Optional.empty();
            return outcome(known.orElseGet(() -> Problem.internal(e)), call);
        }
    }

    private Outcome outcome(Problem problem, Call call) {
        ProblemWriter.Body body = wire.problems().body(problem, call.language(), call.header("Accept"), call.logId());
        Reply reply = new Reply(problem.code().status(), problem.code(), body, problem.headers());
        return new Outcome(reply, problem.getCause());
    }

    /** Gives back the length of the body that was sent, in bytes. */
    private int send(Call call, Reply reply, ServerResponse response) {
        response.status(Status.create(reply.status()));
        response.headers().set(HeaderValues.createCached(LOG_ID, call.logId()));
        add(call.headers(), response);
        add(reply.headers(), response);
        add(crossSite.headers(call), response);
        wire.standardHeaders().addTo(response.headers());
        if (draining.getAsBoolean()) {
            response.headers().set(HeaderValues.CONNECTION_CLOSE);
        }
        if (reply.status() == 204) {
            response.send();
            return 0;
        }
        byte[] body = body(call, reply, response);
        if (call.method().equals("HEAD")) {
            response.headers().contentLength(body.length);
            response.send();
            return 0;
        }
        response.send(body);
        return body.length;
    }

    private void add(List<ReplyHeader> headers, ServerResponse response) {
        for (ReplyHeader header : headers) {
            HeaderName known = names.get(header.name());
            HeaderName name = known == null ? names.computeIfAbsent(header.name(), HeaderNames::create) : known;
            // In the form that it is sent in at once: Helidon would copy any other one first.
            response.headers().add(HeaderValues.createCached(name, header.value()));
        }
    }

    private byte[] body(Call call, Reply reply, ServerResponse response) {
        if (reply.data() instanceof ProblemWriter.Body problem) {
            response.headers().set(HeaderNames.CONTENT_TYPE, problem.mediaType() + "; charset=utf-8");
            return wire.json().write(problem.value());
        }
        if (reply.data() instanceof TextBody text) {
            response.headers().set(HeaderNames.CONTENT_TYPE, text.mediaType() + "; charset=utf-8");
            return text.text().getBytes(StandardCharsets.UTF_8);
        }
        response.headers().set(JSON);
        ProblemCode code = reply.code();
        return wire.json()
                .write(
                        code == null
                                ? new Envelope(reply.data(), 0, "success")
                                : new FailingEnvelope(
                                        reply.data(),
                                        code.code(),
                                        wire.problems().message(code, call.language()),
                                        call.logId()));
    }

    private record Envelope(@Nullable Object data, int code, String msg) {}

    private record FailingEnvelope(@Nullable Object data, int code, String msg, String logId) {}

    private RequestLog.Entry entry(String route, Call call, Outcome outcome, int bytes, long nanos) {
        return new RequestLog.Entry(
                call.method(),
                route,
                call.path(),
                outcome.reply().status(),
                Duration.ofNanos(nanos),
                bytes,
                call.clientAddress(),
                call.userId(),
                outcome.failure());
    }
}
