package io.gatehouse.http;

import java.util.Set;

/** Methods of requests, as logs and metrics name them: so many words and no more, whatever clients send. */
final class Methods {

    /** OpenTelemetry's word for a client's own method. */
    static final String OTHER = "_OTHER";

    /** What RFC 9110 and RFC 5789 know. */
    static final Set<String> KNOWN =
            Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "CONNECT", "OPTIONS", "TRACE");

    private Methods() {}

    /** The method itself where it is known. */
    static String named(String method) {
        return KNOWN.contains(method) ? method : OTHER;
    }
}
