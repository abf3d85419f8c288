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
        String facts = (String) reply.get(from);
        int user = facts.indexOf('|');
        int created = facts.indexOf('|', user + 1);
        int roles = facts.indexOf('|', created + 1);
        Session.User owner = new Session.User(
                number(facts, user + 1, created),
                (String) reply.get(from + 1),
                (String) reply.get(from + 2),
                List.of(facts.substring(roles + 1).split(",")));
        String expires = (String) reply.get(from + 3);
        return new Session(
                number(facts, 0, user),
                owner,
                Instant.ofEpochMilli(number(facts, created + 1, roles)),
                seen,
                Instant.ofEpochMilli(number(expires, 0, expires.length())));
    }

    private static long number(String text, int from, int to) {
        return Long.parseLong(text, from, to, 10);
    }
}
