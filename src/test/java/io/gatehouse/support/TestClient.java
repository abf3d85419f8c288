package io.gatehouse.support;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Calls the service as a client would. Immutable: {@link #with} gives another client that sends one more header. */
public final class TestClient {

    /** A password that passes every rule. */
    public static final String PASSWORD = "correct horse battery staple";

    private static final HttpClient HTTP = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    private static final JsonMapper JSON = new JsonMapper();

    private final String base;
    private final List<String> headers;
    private final Supplier<String> serverLog;

    public TestClient(String base) {
        this(base, () -> "");
    }

    /** @param serverLog what the server has to say of an answer that a test cannot go on with */
    TestClient(String base, Supplier<String> serverLog) {
        this(base, List.of(), serverLog);
    }

    private TestClient(String base, List<String> headers, Supplier<String> serverLog) {
        this.base = base;
        this.headers = headers;
        this.serverLog = serverLog;
    }

    /** What came back. */
    public record Answer(int status, HttpResponse<String> response) {

        public JsonNode body() {
            return JSON.readTree(response.body());
        }

        public JsonNode data() {
            return body().path("data");
        }

        public int code() {
            return body().path("code").intValue();
        }

        /** The first value of a header, or an empty text. */
        public String header(String name) {
            return response.headers().firstValue(name).orElse("");
        }

        /** The cookie to send back, {@code name=value}. */
        public String cookie() {
            return header("Set-Cookie").split(";", 2)[0];
        }
    }

    /** The service's address. */
    public String base() {
        return base;
    }

    public TestClient with(String name, String value) {
        List<String> more = new ArrayList<>(headers);
        more.add(name);
        more.add(value);
        return new TestClient(base, List.copyOf(more), serverLog);
    }

    public Answer get(String path) {
        return send(request(path).GET().build());
    }

    public Answer post(String path, String json) {
        return send(jsonPost(path, json));
    }

    public Answer put(String path, String json) {
        return send(json("PUT", path, json));
    }

    public Answer patch(String path, String json) {
        return send(json("PATCH", path, json));
    }

    /** Any method, no body. */
    public Answer call(String method, String path) {
        return send(request(path).method(method, BodyPublishers.noBody()).build());
    }

    public CompletableFuture<Answer> postAsync(String path, String json) {
        return HTTP.sendAsync(jsonPost(path, json), BodyHandlers.ofString())
                .thenApply(response -> new Answer(response.statusCode(), response));
    }

    public Answer register(String email) {
        return post("/api/user/register", registration("Ada", email, PASSWORD));
    }

    public Answer login(String email) {
        return login(email, PASSWORD);
    }

    public Answer login(String email, String password) {
        return post("/api/user/login", JSON.writeValueAsString(java.util.Map.of("email", email, "password", password)));
    }

    /** An account's client that is signed in by cookie; the account is made if it is not there. */
    public TestClient signedIn(String email) {
        expect(register(email), 201, 409);
        Answer login = login(email);
        expect(login, 200);
        return with("Cookie", login.cookie());
    }

    /** Told here, where it happens: what comes after could only say that nobody is signed in. */
    private void expect(Answer answer, Integer... statuses) {
        if (!List.of(statuses).contains(answer.status())) {
            throw new IllegalStateException(
                    answer.status() + " " + answer.response().body() + "\n" + serverLog.get());
        }
    }

    public static String registration(String name, String email, String password) {
        return JSON.writeValueAsString(java.util.Map.of("name", name, "email", email, "password", password));
    }

    private HttpRequest jsonPost(String path, String json) {
        return json("POST", path, json);
    }

    private HttpRequest json(String method, String path, String json) {
        return request(path)
                .header("Content-Type", "application/json")
                .method(method, BodyPublishers.ofString(json))
                .build();
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(base + path)).timeout(Duration.ofSeconds(30));
        return headers.isEmpty() ? request : request.headers(headers.toArray(String[]::new));
    }

    private static Answer send(HttpRequest request) {
        try {
            HttpResponse<String> response = HTTP.send(request, BodyHandlers.ofString());
            return new Answer(response.statusCode(), response);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
