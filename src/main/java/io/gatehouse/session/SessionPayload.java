package io.gatehouse.session;

import java.time.Instant;
import java.util.List;

/**
 * What a copy tells of a session, as texts. The layout's version stands in {@code copy.lua}, which takes a copy of
 * another version for none, so that it is read anew from PostgreSQL: raise it there when this changes. Stateless.
 */
final class SessionPayload {

    private SessionPayload() {}

    /** Expiry in ms, facts, name and e-mail: the order of {@code fill.lua}. */
    static List<String> encode(Session session) {
        Session.User user = session.user();
        String facts = session.id()
                + "|"
                + user.id()
                + "|"
                + session.createdAt().toEpochMilli()
                + "|"
                + String.join(",", user.roles());
        return List.of(Long.toString(session.expiresAt().toEpochMilli()), facts, user.name(), user.email());
    }

    /** From facts, name, e-mail and expiry: the order of {@code look.lua}. */
    static Session decode(List<Object> reply, int from, Instant seen) {
        String[] facts = ((String) reply.get(from)).split("\\|", -1);
        Session.User user = new Session.User(
                Long.parseLong(facts[1]),
                (String) reply.get(from + 1),
                (String) reply.get(from + 2),
                List.of(facts[3].split(",")));
        return new Session(
                Long.parseLong(facts[0]), user, millis(facts[2]), seen, millis((String) reply.get(from + 3)));
    }

    private static Instant millis(String text) {
        return Instant.ofEpochMilli(Long.parseLong(text));
    }
}
