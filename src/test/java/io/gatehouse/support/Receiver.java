package io.gatehouse.support;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Somebody else's server that is told what happened: keeps every request, answers as a test wishes. */
public final class Receiver implements AutoCloseable {

    private final HttpServer server;
    private final List<Received> received = new CopyOnWriteArrayList<>();
    private volatile Function<Received, Integer> answers = message -> 204;
    private volatile int length;

    /** Listens on a free port of loopback. */
    public Receiver() throws IOException {
        this(0);
    }

    /** Listens on a port of loopback. */
    public Receiver(int port) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::handle);
        server.start();
    }

    /** A request, with header names in lower case. */
    public record Received(String path, Map<String, List<String>> headers, String body, int answered) {

        public String id() {
            return headers.getOrDefault("webhook-id", List.of("")).getFirst();
        }
    }

    public int port() {
        return server.getAddress().getPort();
    }

    public String url() {
        return "http://127.0.0.1:" + port() + "/hook";
    }

    /** How to answer from now on; the status given to the function is 0. */
    public void answer(Function<Received, Integer> status) {
        answers = status;
    }

    /** Has answers a body of so many bytes from now on, and status 200. */
    public void answerAtLength(int bytes) {
        length = bytes;
        answers = message -> 200;
    }

    /** Everything so far, in the order of arrival. */
    public List<Received> received() {
        return received;
    }

    /** What was accepted so far. */
    public List<Received> accepted() {
        return received.stream().filter(it -> it.answered() / 100 == 2).toList();
    }

    /** Ids of what was accepted so far. */
    public Set<String> acceptedIds() {
        return accepted().stream().map(Received::id).collect(Collectors.toSet());
    }

    /** Waits until so many were accepted. */
    public boolean awaits(int accepted, Duration limit) {
        return Await.until(limit, () -> accepted().size() >= accepted);
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            Map<String, List<String>> headers = exchange.getRequestHeaders().entrySet().stream()
                    .collect(Collectors.toMap(
                            entry -> entry.getKey().toLowerCase(Locale.ROOT), entry -> List.copyOf(entry.getValue())));
            Received asked = new Received(exchange.getRequestURI().toString(), headers, body, 0);
            int status = answers.apply(asked);
            received.add(new Received(asked.path(), headers, body, status));
            exchange.sendResponseHeaders(status, length == 0 ? -1 : length);
            if (length > 0) {
                exchange.getResponseBody().write(new byte[length]);
            }
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
