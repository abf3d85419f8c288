package io.gatehouse.http;

import java.util.Locale;

/**
 * Every error code of the API, and the only place where they are written. The code is the HTTP status times 100 plus
 * a number; its message in each language stands in {@code messages*.properties} under {@link #key()}.
 */
public enum ProblemCode {
    MALFORMED(40000),
    NO_SESSION(40100),
    WRONG_CREDENTIALS(40101),
    SESSION_ENDED(40102),
    FORBIDDEN(40300),
    CROSS_SITE(40301),
    BANNED(40302),
    EMAIL_NOT_VERIFIED(40303),
    NOT_FOUND(40400),
    METHOD_NOT_ALLOWED(40500),
    EMAIL_TAKEN(40900),
    BODY_TOO_LARGE(41300),
    URI_TOO_LONG(41400),
    UNSUPPORTED_MEDIA_TYPE(41500),
    INVALID_FIELDS(42200),
    TOO_MANY_REQUESTS(42900),
    HEADERS_TOO_LARGE(43100),
    INTERNAL(50000),
    UNAVAILABLE(50300);

    private final int code;

    ProblemCode(int code) {
        this.code = code;
    }

    /** The number that clients see. */
    public int code() {
        return code;
    }

    /** The HTTP status. */
    public int status() {
        return code / 100;
    }

    /** The name in message files and in problem types, such as {@code wrong-credentials}. */
    String key() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The general code of a status that the transport layer found. */
    static ProblemCode ofStatus(int status) {
        return switch (status) {
            case 401 -> NO_SESSION;
            case 403 -> FORBIDDEN;
            case 404 -> NOT_FOUND;
            case 405 -> METHOD_NOT_ALLOWED;
            case 413 -> BODY_TOO_LARGE;
            case 414 -> URI_TOO_LONG;
            case 415 -> UNSUPPORTED_MEDIA_TYPE;
            case 429 -> TOO_MANY_REQUESTS;
            case 431 -> HEADERS_TOO_LARGE;
            case 503 -> UNAVAILABLE;
            // 501 and 505: a transfer encoding or version that we do not speak, so the client's doing
            case 501, 505 -> MALFORMED;
            default -> status < 500 ? MALFORMED : INTERNAL;
        };
    }
}
