package io.gatehouse.http;

import io.helidon.common.buffers.DataReader.InsufficientDataAvailableException;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.RequestException;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One request, as handlers see it. Belongs to the thread that serves the request.
 */
public final class Call {

    /** Largest body, bytes. */
    public static final int LARGEST_BODY = 1 << 20;

    private final ServerRequest request;
    private final Json json;
    private final long logId;
    private Optional<Long> userId = Optional.empty();

    Call(ServerRequest request, Json json, long logId) {
        this.request = request;
        this.json = json;
        this.logId = logId;
    }

    /** Stands in every log line of this request and in its {@code x-log-id}. */
    public String logId() {
        return Long.toString(logId);
    }

    public String method() {
        return request.prologue().method().text();
    }

    /** The path without the query. */
    public String path() {
        return request.path().path();
    }

    /** The first value of a header. */
    public Optional<String> header(String name) {
        return header(HeaderNames.create(name));
    }

    Optional<String> header(HeaderName name) {
        return request.headers().first(name);
    }

    /** The value of a cookie. */
    public Optional<String> cookie(String name) {
        // Whole lines: Helidon's values() would split at commas, which cookies may hold.
        return request.headers().all(HeaderNames.COOKIE, List::of).stream()
                .flatMap(header -> CookieHeader.find(header, name).stream())
                .findFirst();
    }

    /** What stands behind {@code Authorization: Bearer}. */
    public Optional<String> bearer() {
        return header(HeaderNames.AUTHORIZATION)
                .filter(value -> value.regionMatches(true, 0, "Bearer ", 0, 7))
                .map(value -> value.substring(7).strip());
    }

    /** The peer's address. */
    public String clientAddress() {
        return request.remotePeer().host();
    }

    public Language language() {
        return Language.of(header(HeaderNames.ACCEPT_LANGUAGE).orElse(null));
    }

    /** Notes who calls, for the request log. */
    public void identify(long user) {
        userId = Optional.of(user);
    }

    Optional<Long> userId() {
        return userId;
    }

    /**
     * The body's fields.
     *
     * @throws Problem 415 if it is not JSON by its type, 413 if it is over {@link #LARGEST_BODY}, 400 if it is no
     *     JSON object
     */
    public Fields body() {
        requireJson();
        return new Fields(json.object(bytes()));
    }

    private void requireJson() {
        String type = header(HeaderNames.CONTENT_TYPE).orElse("").toLowerCase(Locale.ROOT);
        String[] parts = type.split(";", 2);
        boolean utf8 = parts.length == 1 || !parts[1].contains("charset") || parts[1].contains("utf-8");
        if (!parts[0].strip().equals("application/json") || !utf8) {
            throw Problem.of(ProblemCode.UNSUPPORTED_MEDIA_TYPE);
        }
    }

    private byte[] bytes() {
        if (!request.content().hasEntity()) {
            throw Problem.of(ProblemCode.MALFORMED);
        }
        try (InputStream in = request.content().inputStream()) {
            byte[] bytes = in.readNBytes(LARGEST_BODY + 1);
            if (bytes.length > LARGEST_BODY) {
                // Read to its end, within the listener's bound: a client that still sends would miss the reply.
                in.transferTo(OutputStream.nullOutputStream());
                throw Problem.of(ProblemCode.BODY_TOO_LARGE);
            }
            return bytes;
        } catch (RequestException e) {
            throw Problem.of(ProblemCode.ofStatus(e.status().code())).with("Connection", "close");
        } catch (Problem | CloseConnectionException e) {
            throw e;
        } catch (IOException | UncheckedIOException | InsufficientDataAvailableException e) {
            throw new CloseConnectionException("The client went away within its request", e);
        } catch (RuntimeException e) {
            // Broken chunks; Helidon has several words for them.
            throw Problem.of(ProblemCode.MALFORMED).with("Connection", "close");
        }
    }
}
