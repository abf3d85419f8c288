package io.gatehouse.http;

import io.gatehouse.config.Cidr;
import io.gatehouse.config.Settings.Listener;
import io.helidon.http.HttpLogConfig;
import io.helidon.http.Method;
import io.helidon.webserver.ErrorHandling;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http1.Http1Config;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * A listener that serves a URL map. HTTP/1.1 only; TLS, HTTP/2 and slow clients are the business of a proxy in
 * front. Thread-safe.
 */
public final class HttpServer implements AutoCloseable {

    private static final int LONGEST_PROLOGUE = 8 * 1024;
    private static final int LARGEST_HEADERS = 16 * 1024;
    /** Bodies beyond this are cut off unread; those between it and {@link Call#LARGEST_BODY} get a proper 413. */
    private static final int MOST_READ = 4 * Call.LARGEST_BODY;

    private static final int MOST_CONNECTIONS = 10_000;

    /** Longest silence of a client within a request. */
    private static final Duration READ_TIMEOUT = Duration.ofSeconds(30);

    /** Longer than proxies keep connections (nginx: 60 s): who closes first never closes upon a request. */
    private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(75);

    /** No request for so long: balancers know, and what they keep open is not in use. */
    private static final Duration QUIET = Duration.ofSeconds(1);

    /** What was connected when the door was shut has sent its request and been heard within this time. */
    private static final Duration LAST_QUIET = Duration.ofMillis(200);

    private static final Duration LAST_REQUESTS = Duration.ofSeconds(1);
    private static final Duration POLL = Duration.ofMillis(20);

    private final WebServer server;
    private final Adaptor adaptor;

    private HttpServer(WebServer server, Adaptor adaptor) {
        this.server = server;
        this.adaptor = adaptor;
    }

    /**
     * What every listener of the service shares.
     *
     * @param origin of the public URL, as a browser writes it; trusted
     * @param https whether clients come over TLS, so that browsers may be told to stay with it
     * @param allowedOrigins of other front ends
     * @param trustedProxies whose word is taken for the client's address
     * @param translation of failures of the tools
     * @param logIds gives each request its id
     * @param draining whether connections should be closed after their current request
     * @param grace longest wait for requests in flight when stopping
     * @param meters get the duration of each request
     */
    public record Conventions(
            String origin,
            boolean https,
            Set<String> allowedOrigins,
            List<Cidr> trustedProxies,
            Translation translation,
            LongSupplier logIds,
            BooleanSupplier draining,
            Duration grace,
            MeterRegistry meters) {}

    /** The port cannot be had. The message names the setting that chooses another. */
    public static final class ListenException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        private ListenException(Listener listener, String setting) {
            super("Cannot listen on %s:%d (%s); stop what listens there, or choose another %s"
                    .formatted(listener.host(), listener.port(), reason(listener), setting));
        }

        /** Helidon does not tell: tried once more. */
        private static String reason(Listener listener) {
            try (ServerSocket socket = new ServerSocket()) {
                socket.bind(new InetSocketAddress(listener.host(), listener.port()));
                return "in use until this moment";
            } catch (IOException e) {
                return String.valueOf(e.getMessage());
            }
        }
    }

    /**
     * Binds and serves.
     *
     * @param setting that chooses the port, for people
     * @throws ListenException when the port cannot be had
     */
    public static HttpServer start(Listener listener, String setting, List<Route> routes, Conventions conventions) {
        Wire wire = new Wire(
                new Json(),
                new ProblemWriter(),
                new RequestLog(routes.stream().map(Route::path).collect(Collectors.toUnmodifiableSet())),
                new RequestMeters(conventions.meters()),
                new StandardHeaders(conventions.https()),
                new TrustedProxies(conventions.trustedProxies()),
                conventions.logIds());
        CrossSite crossSite = new CrossSite(conventions.origin(), conventions.allowedOrigins());
        Adaptor adaptor = new Adaptor(wire, crossSite, conventions.translation(), conventions.draining());
        WebServer server = configured(listener, conventions.grace())
                .directHandlers(new TransportErrors(wire).forAllEvents())
                .routing(routing(routes, adaptor, crossSite))
                .build();
        server.start();
        // Helidon only logs a port that it could not have; LogLevels silences that.
        if (!server.isRunning() || server.port() <= 0) {
            server.stop();
            throw new ListenException(listener, setting);
        }
        return new HttpServer(server, adaptor);
    }

    private static WebServerConfig.Builder configured(Listener listener, Duration grace) {
        return WebServer.builder()
                .host(listener.host())
                .port(listener.port())
                .shutdownHook(false)
                .shutdownGracePeriod(grace)
                .maxPayloadSize(MOST_READ)
                .maxTcpConnections(MOST_CONNECTIONS)
                .idleConnectionTimeout(IDLE_TIMEOUT)
                .connectionOptions(options -> options.readTimeout(READ_TIMEOUT))
                .protocolsDiscoverServices(false)
                .addProtocol(Http1Config.builder()
                        .maxPrologueLength(LONGEST_PROLOGUE)
                        .maxHeadersSize(LARGEST_HEADERS)
                        // Bytes of requests hold secrets: not even at trace.
                        .log(HttpLogConfig.builder()
                                .sendLog(false)
                                .receiveLog(false)
                                .build())
                        .build())
                // Hands Helidon's words to our own direct handlers, which show clients none of them.
                .errorHandling(ErrorHandling.builder().includeEntity(true).build());
    }

    /** The port in use, also where a free one was asked for. */
    public int port() {
        return server.port();
    }

    /**
     * Goes on serving until requests have ceased, or the time is up; then takes no new connections, and serves those
     * that are made. To be called once readiness is down and each reply ends its connection: balancers get to know, and
     * connections that clients keep are used up. To be closed next.
     */
    public void settle(Duration most) {
        awaitSilence(QUIET, most);
        if (SynFilter.attach(port())) {
            awaitSilence(LAST_QUIET, LAST_REQUESTS);
        }
    }

    private void awaitSilence(Duration silence, Duration most) {
        long begun = System.nanoTime();
        while (adaptor.silence().compareTo(silence) < 0 && System.nanoTime() - begun < most.toNanos()) {
            try {
                Thread.sleep(POLL);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /** Waits for requests in flight, up to the grace period, then stops. */
    @Override
    public void close() {
        server.stop();
    }

    private static HttpRouting.Builder routing(List<Route> routes, Adaptor adaptor, CrossSite crossSite) {
        HttpRouting.Builder routing = HttpRouting.builder();
        Map<String, List<Route>> byPath =
                routes.stream().collect(Collectors.groupingBy(Route::path, LinkedHashMap::new, Collectors.toList()));
        byPath.forEach((path, here) -> here.stream()
                .filter(route -> route.method() == null)
                .findAny()
                .ifPresentOrElse(
                        route -> routing.any(path, adaptor.adaptForeign(path, route.handler())),
                        () -> addMethods(routing, path, here, adaptor, crossSite)));
        return routing.any(adaptor.adapt(RequestMeters.UNMATCHED, call -> {
            throw Problem.of(ProblemCode.NOT_FOUND);
        }));
    }

    private static void addMethods(
            HttpRouting.Builder routing, String path, List<Route> here, Adaptor adaptor, CrossSite crossSite) {
        for (Route route : here) {
            Method method = Objects.requireNonNull(route.method());
            routing.route(method, path, adaptor.adapt(path, route.handler()));
            if (method.equals(Method.GET)) {
                routing.route(Method.HEAD, path, adaptor.adapt(path, route.handler()));
            }
        }
        String methods = methods(here);
        routing.route(Method.OPTIONS, path, adaptor.adapt(path, call -> options(call, methods, crossSite)));
        routing.any(path, adaptor.adapt(path, call -> {
            throw Problem.of(ProblemCode.METHOD_NOT_ALLOWED).with("Allow", methods);
        }));
    }

    private static Reply options(Call call, String methods, CrossSite crossSite) {
        Reply reply = new Reply(204, null, null, List.of()).with("Allow", methods);
        for (ReplyHeader header : crossSite.preflight(call, methods)) {
            reply = reply.with(header.name(), header.value());
        }
        return reply;
    }

    private static String methods(List<Route> routes) {
        String named = routes.stream()
                .map(route -> Objects.requireNonNull(route.method()).text())
                .collect(Collectors.joining(", "));
        return named + (named.contains("GET") ? ", HEAD" : "") + ", OPTIONS";
    }
}
