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
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One request, as handlers see it. Belongs to the thread that serves the request.
 */
public final class Call {

    /** Largest body, bytes. */
    public static final int LARGEST_BODY = 1 << 20;

    private static final Pattern CLIMBING = Pattern.compile("/\\.{1,2}(?:[/;]|$)");

    private static final HeaderName FORWARDED_FOR = HeaderNames.create("X-Forwarded-For");

    private final ServerRequest request;
    private final String route;
    private final boolean anyMethod;
    private final Wire wire;
    private final String logId;
    private final List<ReplyHeader> headers = new ArrayList<>();
    private Optional<Long> userId = Optional.empty();
    private @Nullable String clientAddress;

    Call(ServerRequest request, String route, boolean anyMethod, Wire wire) {
        this.request = request;
        this.route = route;
        this.anyMethod = anyMethod;
        this.wire = wire;
        this.logId = Long.toString(wire.logIds().getAsLong());
    }

    /** Stands in every log line of this request and in its {@code x-log-id}. */
    public String logId() {
        return logId;
    }

    public String method() {
        return request.prologue().method().text();
    }

    /**
     * The line of the URL map that this request fits, such as {@code GET /api/sessions}; HEAD counts as GET, and all
     * methods as one where the line takes any.
     */
    public String route() {
        if (anyMethod) {
            return route;
        }
        String method = method();
        return (method.equals("HEAD") ? "GET" : method) + " " + route;
    }

    /** The path without the query. */
    public String path() {
        return request.path().path();
    }

    /**
     * Whether the path as sent climbs: Helidon resolves dot segments, also before a semicolon, so that what looks like
     * one route to a proxy in front would be another one here.
     */
    boolean climbs() {
        return climbs(request.prologue().uriPath().rawPathNoParams())
                || climbs(request.prologue().uriPath().rawPath());
    }

    private static boolean climbs(String path) {
        // Hardly any path has such a place, and looking for one is cheaper than the pattern.
        return path.contains("/.") && CLIMBING.matcher(path).find();
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
        for (String header : request.headers().all(HeaderNames.COOKIE, List::of)) {
            Optional<String> value = CookieHeader.find(header, name);
            if (value.isPresent()) {
                return value;
            }
        }
        return Optional.empty();
    }

    /** A variable of the path's pattern. */
    public String pathParameter(String name) {
        return request.path().pathParameters().get(name);
    }

    /** What stands behind {@code Authorization: Bearer}. */
    public Optional<String> bearer() {
        return header(HeaderNames.AUTHORIZATION)
                .filter(value -> value.regionMatches(true, 0, "Bearer ", 0, 7))
                .map(value -> value.substring(7).strip());
    }

    /** The client's address: the peer's, or behind our own proxies the one that they tell. */
    public String clientAddress() {
        String known = clientAddress;
        if (known == null) {
            known = wire.proxies()
                    .client(request.remotePeer().host(), request.headers().all(FORWARDED_FOR, List::of));
            clientAddress = known;
        }
        return known;
    }

    /** What limits count by: the client's address, of IPv6 the first 64 bits. */
    public String clientBucket() {
        return TrustedProxies.bucket(clientAddress());
    }

    /** Adds a header to the response, whatever comes of the request. */
    public void answerWith(String header, String value) {
        headers.add(new ReplyHeader(header, value));
    }

    List<ReplyHeader> headers() {
        return headers;
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
        return new Fields(wire.json().object(bytes()));
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
