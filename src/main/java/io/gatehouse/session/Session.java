package io.gatehouse.session;

import java.time.Instant;
import java.util.List;

/**
 * A live session with what is known of its user.
 *
 * @param id public id, a Snowflake; not the token
 * @param expiresAt end of the absolute lifetime
 */
public record Session(long id, User user, Instant createdAt, Instant lastSeenAt, Instant expiresAt) {

    /** Whose session it is, as the account stands. */
    public record User(long id, String name, String email, List<String> roles) {}

    Session seenAt(Instant time) {
        return new Session(id, user, createdAt, time, expiresAt);
    }
}
