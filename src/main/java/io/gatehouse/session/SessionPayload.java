package io.gatehouse.session;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A session as the fields of a Redis hash. Versioned: a copy of another version counts as none and is read anew from
 * PostgreSQL. Stateless.
 */
final class SessionPayload {

    private static final String VERSION = "1";
    private static final int FIELDS = 7;

    private SessionPayload() {}

    /** Arguments of {@code fill.lua}: time to live in ms, then version, ids, names and times in ms. */
    static List<String> encode(Session session, long timeToLiveMillis) {
        return List.of(
                Long.toString(timeToLiveMillis),
                VERSION,
                Long.toString(session.id()),
                Long.toString(session.user().id()),
                session.user().name(),
                session.user().email(),
                Long.toString(session.createdAt().toEpochMilli()),
                Long.toString(session.expiresAt().toEpochMilli()));
    }

    /** The reply of {@code find.lua}; last seen is the caller's business. */
    static Optional<Session> decode(List<String> reply) {
        if (reply.size() != FIELDS || !VERSION.equals(reply.getFirst()) || reply.contains(null)) {
            return Optional.empty();
        }
        Instant created = millis(reply.get(5));
        return Optional.of(new Session(
                Long.parseLong(reply.get(1)),
                new Session.User(Long.parseLong(reply.get(2)), reply.get(3), reply.get(4)),
                created,
                created,
                millis(reply.get(6))));
    }

    private static Instant millis(String text) {
        return Instant.ofEpochMilli(Long.parseLong(text));
    }
}
