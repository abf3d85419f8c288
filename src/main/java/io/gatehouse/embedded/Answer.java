package io.gatehouse.embedded;

/** What a running store says when asked. */
enum Answer {
    /** It serves, and it is the one of this folder. */
    READY,
    /** It works but does not serve yet: it recovers, loads or runs something long. It must not be disturbed. */
    BUSY,
    /** Nothing, or nothing that makes sense. */
    SILENT
}
