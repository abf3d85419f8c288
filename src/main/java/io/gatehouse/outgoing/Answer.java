package io.gatehouse.outgoing;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What a target said, whatever its status; never a redirect. The body is what came over the wire: we ask for no content
 * encoding and decode none, so that a small answer cannot become a large one. Immutable.
 */
public final class Answer {

    private final int status;
    private final Map<String, String> headers;
    private final byte[] body;

    Answer(int status, Map<String, String> headers, byte[] body) {
        this.status = status;
        this.headers = Map.copyOf(headers);
        this.body = body;
    }

    /** 200 to 599. */
    public int status() {
        return status;
    }

    /** Whether the status is 2xx. */
    public boolean successful() {
        return status / 100 == 2;
    }

    /** A header's value, several joined by commas; upper and lower case of the name do not matter. */
    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)));
    }

    /** Whether the target encoded the body although it was asked not to: then it can only be thrown away. */
    public boolean encoded() {
        return header("content-encoding")
                .filter(it -> !it.equalsIgnoreCase("identity"))
                .isPresent();
    }

    /** Bytes of the body. */
    public int length() {
        return body.length;
    }

    /** The body, a copy. */
    public byte[] bytes() {
        return body.clone();
    }

    /**
     * The body as UTF-8.
     *
     * @throws IllegalStateException when it is {@link #encoded()}
     */
    public String text() {
        if (encoded()) {
            throw new IllegalStateException("The body has a content encoding that nobody asked for");
        }
        return new String(body, StandardCharsets.UTF_8);
    }
}
