package io.gatehouse.outgoing;

/** What can be asked for, and whether asking twice is the same as asking once (RFC 9110, 9.2.2). */
public enum Method {
    GET(true),
    HEAD(true),
    POST(false),
    PUT(true),
    PATCH(false),
    DELETE(true);

    private final boolean idempotent;

    Method(boolean idempotent) {
        this.idempotent = idempotent;
    }

    boolean idempotent() {
        return idempotent;
    }
}
