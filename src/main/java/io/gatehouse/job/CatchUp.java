package io.gatehouse.job;

/** What becomes of ticks that nobody ran, because no replica was there or a run took longer than to the next tick. */
public enum CatchUp {

    /** Each is run, in order, up to a day back. */
    EACH,

    /** One run for all of them. */
    ONCE,

    /** They are passed over, but for a tick that is at most a minute late. */
    SKIP
}
