package io.gatehouse.session;

/**
 * A copy that must leave Redis.
 *
 * @param slot of the copy, made of the hash of its token
 * @param known whether every replica has had the time to carry it out
 */
record Invalidation(long id, String slot, boolean known) {

    static Invalidation of(long id, byte[] tokenHash, boolean known) {
        return new Invalidation(id, SessionCopies.slot(tokenHash), known);
    }
}
