package io.gatehouse.outgoing;

import java.util.Locale;

/** Why a call got no answer that its caller could use. */
public enum Reason {
    /** Not http or https, or a URL that programs read differently. */
    REFUSED_URL(Blame.NOBODY, false),
    /** Not in the client's list of hosts. */
    REFUSED_HOST(Blame.NOBODY, false),
    /** Not a public address, and not in the client's list of addresses. */
    REFUSED_ADDRESS(Blame.NOBODY, false),
    /** All connections of the client are in use. */
    BUSY(Blame.NOBODY, true),
    /** This origin has failed too often lately and is not asked for a while. */
    CIRCUIT_OPEN(Blame.NOBODY, false),
    NO_SUCH_HOST(Blame.TARGET, false),
    CONNECT_FAILED(Blame.TARGET, true),
    /** Name look-up, connection and TLS handshake together took too long. */
    CONNECT_TIMEOUT(Blame.TARGET, true),
    TLS_FAILED(Blame.TARGET, false),
    /** Nothing came for too long. */
    READ_TIMEOUT(Blame.TARGET, true),
    /** The whole call took too long, whatever came. */
    TOTAL_TIMEOUT(Blame.TARGET, false),
    /** The connection ended before the answer did. */
    RESET(Blame.TARGET, true),
    /** The answer is none in HTTP/1.1, or its head is too long. */
    BAD_ANSWER(Blame.TARGET, false),
    /** The body is longer than the client takes. */
    TOO_LARGE(Blame.NOBODY, false),
    /** Redirects are not followed. */
    REDIRECTED(Blame.NOBODY, false),
    /** The calling thread was interrupted. */
    INTERRUPTED(Blame.NOBODY, false);

    private enum Blame {
        NOBODY,
        TARGET
    }

    private final Blame blame;
    private final boolean passing;

    Reason(Blame blame, boolean passing) {
        this.blame = blame;
        this.passing = passing;
    }

    /** Whether it says that the target does not work. */
    boolean blamesTarget() {
        return blame == Blame.TARGET;
    }

    /** Whether another attempt soon may do better. */
    boolean passing() {
        return passing;
    }

    /** In lower case, for metrics and logs. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
