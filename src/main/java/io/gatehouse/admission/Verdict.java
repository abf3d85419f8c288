package io.gatehouse.admission;

/** What admission comes to. */
enum Verdict {
    /** The request goes on to its handler. */
    ADMITTED,
    /** 429. */
    LIMITED,
    /** 401: no cookie or token, or none of ours. */
    NO_SESSION,
    /** 401: a token of ours whose session is over. */
    SESSION_ENDED,
    /** 503: neither Redis nor the database could tell. */
    UNDECIDED
}
