package io.gatehouse.session;

/**
 * A copy that must leave Redis.
 *
 * @param slot of the copy, made of the hash of its token
 */
record Invalidation(long id, String slot) {

    static Invalidation of(long id, byte[] tokenHash) {
        return new Invalidation(id, SessionCopies.slot(tokenHash));
    }
}
