package io.gatehouse.id;

/**
 * A worker number with the times of the ids that may be made under it.
 *
 * @param from first millisecond, Unix time: where the holder before had to stop
 * @param until first millisecond that is not ours any more
 */
record Lease(int worker, long from, long until) {}
