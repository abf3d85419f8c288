package io.gatehouse.bench;

import io.helidon.http.Header;
import io.helidon.http.HeaderValues;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What Gatehouse once answered, for the bare server to answer the same bytes. Immutable. */
final class Reply {

    /** Made anew for every response, by the web server itself. */
    private static final Set<String> OF_THE_TRANSPORT = Set.of("date", "connection", "content-length");

    private static final String END_OF_HEADERS = "\n\n";

    private final List<Header> headers;
    private final byte[] body;

    private Reply(List<Header> headers, byte[] body) {
        this.headers = headers;
        this.body = body;
    }

    /** Asks a server once and notes its answer in a file. */
    static void record(int port, String path, String cookie, Path file) {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<String> response = client.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                            .header("Cookie", cookie)
                            .build(),
                    BodyHandlers.ofString());
            if (response.statusCode() != 200) {
                throw new IllegalStateException(path + " answers " + response.statusCode() + ": " + response.body());
            }
            StringBuilder text = new StringBuilder();
            response.headers().map().forEach((name, values) -> {
                if (!OF_THE_TRANSPORT.contains(name.toLowerCase(Locale.ROOT))) {
                    values.forEach(value ->
                            text.append(name).append(": ").append(value).append('\n'));
                }
            });
            Files.writeString(file, text.append('\n').append(response.body()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    static Reply read(Path file) throws IOException {
        String text = Files.readString(file);
        int end = text.indexOf(END_OF_HEADERS);
        List<Header> headers = Arrays.stream(text.substring(0, end).split("\n", -1))
                .map(line -> line.split(": ", 2))
                .map(header -> HeaderValues.createCached(header[0], header[1]))
                .toList();
        return new Reply(headers, text.substring(end + END_OF_HEADERS.length()).getBytes(StandardCharsets.UTF_8));
    }

    void send(ServerResponse response) {
        headers.forEach(header -> response.headers().set(header));
        response.send(body);
    }
}
