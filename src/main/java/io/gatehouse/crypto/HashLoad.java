package io.gatehouse.crypto;

/**
 * How busy password hashing is.
 *
 * @param queued hashes that wait
 * @param places of the queue; who finds none is told to come again
 * @param running hashes at this moment
 * @param permits hashes at once
 */
public record HashLoad(int queued, int places, int running, int permits) {}
