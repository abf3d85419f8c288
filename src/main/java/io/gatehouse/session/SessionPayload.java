package io.gatehouse.session;

import java.time.Instant;
import java.util.List;

/**
 * What a copy tells of a session beside its times: one text, ids, start, roles, how long the e-mail is, the e-mail and
 * the name. The layout's version stands in {@code copy.lua}, which takes a copy of another version for none, so that it
 * is read anew from PostgreSQL: raise it there when this changes. Stateless.
 */
final class SessionPayload {

    private static final String END = "|";

    private SessionPayload() {}

    static String encode(Session session) {
        Session.User user = session.user();
        String roles = String.join(",", user.roles());
        long created = session.createdAt().toEpochMilli();
        int length = user.email().length();
        return session.id()
                + END
                + user.id()
                + END
                + created
                + END
                + roles
                + END
                + length
                + END
                + user.email()
                + user.name();
    }

    /**
     * Reads it.
     *
     * @param from where it begins in a reply, whose end is its end
     */
    static Session decode(String reply, int from, Instant seen, Instant expires) {
        int id = reply.indexOf(END, from);
        int user = reply.indexOf(END, id + 1);
        int created = reply.indexOf(END, user + 1);
        int roles = reply.indexOf(END, created + 1);
        int length = reply.indexOf(END, roles + 1);
        int name = length + 1 + Integer.parseInt(reply, roles + 1, length, 10);
        Session.User owner = new Session.User(
                Long.parseLong(reply, id + 1, user, 10),
                reply.substring(name),
                reply.substring(length + 1, name),
                List.of(reply.substring(created + 1, roles).split(",")));
        return new Session(
                Long.parseLong(reply, from, id, 10),
                owner,
                Instant.ofEpochMilli(Long.parseLong(reply, user + 1, created, 10)),
                seen,
                expires);
    }
}
