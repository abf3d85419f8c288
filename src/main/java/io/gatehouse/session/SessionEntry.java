package io.gatehouse.session;

import java.time.Instant;

/**
 * A session in a list of them.
 *
 * @param lastSeenAt up to two minutes behind
 * @param address of the client at sign-in, like {@code userAgent}
 */
public record SessionEntry(
        long id, Instant createdAt, Instant lastSeenAt, Instant expiresAt, String address, String userAgent) {}
