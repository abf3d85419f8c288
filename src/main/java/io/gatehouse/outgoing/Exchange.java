package io.gatehouse.outgoing;

import io.gatehouse.outgoing.Watch.Guard;
import io.helidon.common.buffers.DataReader.InsufficientDataAvailableException;
import io.helidon.common.tls.Tls;
import io.helidon.common.uri.UriInfo;
import io.helidon.common.uri.UriPath;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Headers;
import io.helidon.http.HttpLogConfig;
import io.helidon.webclient.api.ClientUri;
import io.helidon.webclient.api.Proxy;
import io.helidon.webclient.http1.Http1Client;
import io.helidon.webclient.http1.Http1ClientProtocolConfig;
import io.helidon.webclient.http1.Http1ClientRequest;
import io.helidon.webclient.http1.Http1ClientResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * One request and its answer over one connection, by Helidon's HTTP/1.1 client. What it would do by itself is off:
 * redirects, cookies, proxies, decoding, its own connections, logging of headers. Thread-safe.
 */
final class Exchange {

    private static final int LONGEST_HEAD = 16 * 1024;
    private static final int BUFFER = 8 * 1024;
    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

    private final Watch watch;
    private final Http1Client http = Http1Client.builder()
            .servicesDiscoverServices(false)
            .shareConnectionCache(false)
            .followRedirects(false)
            .sendExpectContinue(false)
            .proxy(Proxy.noProxy())
            .relativeUris(true)
            .tls(Tls.builder().enabled(false).build())
            .protocolConfig(Http1ClientProtocolConfig.builder()
                    .maxHeaderSize(LONGEST_HEAD)
                    .validateRequestHeaders(true)
                    .validateResponseHeaders(true)
                    .log(HttpLogConfig.builder()
                            .sendLog(false)
                            .receiveLog(false)
                            .build())
                    .build())
            .build();

    Exchange(Watch watch) {
        this.watch = watch;
    }

    /**
     * Asks and reads the answer to its end; leaves the connection as it is.
     *
     * @param headers those of ours and the request's
     * @param bodyLimit bytes
     * @throws OutgoingException without an answer that can be used
     */
    Answer over(
            Connection connection,
            Target target,
            Request request,
            Map<String, String> headers,
            Deadline deadline,
            Duration readTimeout,
            int bodyLimit) {
        // Chunks have a frame of some bytes each; twice the limit is room for all but the silliest.
        connection.begin(deadline, readTimeout, LONGEST_HEAD + 2L * bodyLimit);
        try (Guard _ = watch.guard(deadline, connection::cut);
                Http1ClientResponse response = send(connection, target, request, headers)) {
            return read(response, target.host(), request.method(), bodyLimit);
        } catch (InsufficientDataAvailableException e) {
            throw deadline.over()
                    ? OutgoingException.of(Reason.TOTAL_TIMEOUT, target.host(), "the call takes too long")
                    : OutgoingException.of(Reason.RESET, target.host(), "the connection ended before the answer");
        } catch (OutgoingException e) {
            throw e;
        } catch (RuntimeException e) {
            // Not the cause: it quotes what the target said.
            throw OutgoingException.of(
                    Reason.BAD_ANSWER,
                    target.host(),
                    "does not speak HTTP/1.1: " + e.getClass().getSimpleName());
        }
    }

    private Http1ClientResponse send(
            Connection connection, Target target, Request request, Map<String, String> headers) {
        Http1ClientRequest call = http.method(
                        io.helidon.http.Method.create(request.method().name()))
                .connection(connection)
                .uri(ClientUri.create(UriInfo.builder()
                        .scheme(target.secure() ? "https" : "http")
                        .host(target.host())
                        .port(target.port())
                        .path(UriPath.create(encodedOnceMore(target.path())))
                        .build()))
                .skipUriEncoding(true);
        headers.forEach((name, value) -> call.header(HeaderNames.create(name), value));
        call.header(HeaderNames.HOST, target.authority());
        call.header(HeaderNames.ACCEPT_ENCODING, "identity");
        call.header(HeaderValues.CONNECTION_KEEP_ALIVE);
        byte[] body = request.body().getBytes(StandardCharsets.UTF_8);
        return body.length == 0 ? call.request() : call.submit(body);
    }

    /**
     * Helidon decodes and normalises a path, or sorts a query, whichever way it is given; but it decodes once only.
     * What is encoded once more arrives as it was written.
     */
    private static String encodedOnceMore(String path) {
        StringBuilder encoded = new StringBuilder(path.length() * 3);
        for (byte letter : path.getBytes(StandardCharsets.US_ASCII)) {
            if (Character.isLetterOrDigit(letter)) {
                encoded.append((char) letter);
            } else {
                encoded.append("%%%02X".formatted(letter));
            }
        }
        return encoded.toString();
    }

    private static Answer read(Http1ClientResponse response, String host, Method method, int bodyLimit) {
        int status = response.status().code();
        Headers headers = response.headers();
        if (status < 200 || status > 599 || ambiguous(headers)) {
            throw OutgoingException.of(Reason.BAD_ANSWER, host, "does not speak HTTP/1.1");
        }
        if (REDIRECTS.contains(status)) {
            throw OutgoingException.answered(Reason.REDIRECTED, host, "redirects, which is not followed", status);
        }
        boolean bare = method == Method.HEAD || status == 204 || status == 304;
        if (!bare && headers.contentLength().orElse(0) > bodyLimit) {
            throw tooLarge(host, status);
        }
        return new Answer(status, byName(headers), bare ? new byte[0] : body(response, host, bodyLimit));
    }

    /** Two ways to tell where a body ends are one too many (RFC 9112, 6.3). */
    private static boolean ambiguous(Headers headers) {
        return headers.contains(HeaderNames.CONTENT_LENGTH)
                && (headers.contains(HeaderNames.TRANSFER_ENCODING)
                        || headers.get(HeaderNames.CONTENT_LENGTH).valueCount() > 1);
    }

    private static byte[] body(Http1ClientResponse response, String host, int limit) {
        Headers headers = response.headers();
        boolean untilClosed =
                !headers.contains(HeaderNames.CONTENT_LENGTH) && !headers.contains(HeaderNames.TRANSFER_ENCODING);
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        byte[] part = new byte[BUFFER];
        try {
            // Left open: Helidon's stream of chunks reads another one when it is closed, from whoever drips it.
            InputStream in = response.inputStream();
            for (int length = in.read(part); length >= 0; length = in.read(part)) {
                if (body.size() + length > limit) {
                    throw tooLarge(host, response.status().code());
                }
                body.write(part, 0, length);
            }
        } catch (InsufficientDataAvailableException e) {
            if (!untilClosed) {
                throw e;
            }
        } catch (IOException e) {
            throw OutgoingException.of(Reason.RESET, host, "the connection broke: " + e.getMessage(), e);
        }
        return body.toByteArray();
    }

    private static Map<String, String> byName(Headers headers) {
        Map<String, String> byName = new HashMap<>();
        headers.forEach(header -> byName.put(header.headerName().lowerCase(), String.join(", ", header.allValues())));
        return byName;
    }

    private static OutgoingException tooLarge(String host, int status) {
        return OutgoingException.answered(Reason.TOO_LARGE, host, "sends more than is taken", status);
    }
}
