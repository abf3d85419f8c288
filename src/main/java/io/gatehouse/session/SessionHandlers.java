package io.gatehouse.session;

import io.gatehouse.http.Call;
import io.gatehouse.http.Problem;
import io.gatehouse.http.ProblemCode;
import io.gatehouse.http.Reply;
import java.time.Instant;
import java.util.List;

/** The routes of the own sessions. Thread-safe. */
public final class SessionHandlers {

    private final Sessions sessions;
    private final SessionTransport transport;

    public SessionHandlers(Sessions sessions, SessionTransport transport) {
        this.sessions = sessions;
        this.transport = transport;
    }

    private record SessionView(String id, UserView user, Instant createdAt, Instant lastSeenAt, Instant expiresAt) {}

    private record UserView(String id, String name, String email, List<String> roles) {}

    private record EntryView(
            String id,
            Instant createdAt,
            Instant lastSeenAt,
            Instant expiresAt,
            String address,
            String userAgent,
            boolean current) {}

    private record EndedView(int ended) {}

    /** {@code GET /api/session}: who am I; asks no database while Redis knows the session. */
    public Reply show(Call call, Session session) {
        Session.User user = session.user();
        return Reply.ok(new SessionView(
                Long.toString(session.id()),
                new UserView(Long.toString(user.id()), user.name(), user.email(), user.roles()),
                session.createdAt(),
                session.lastSeenAt(),
                session.expiresAt()));
    }

    /** {@code GET /api/sessions}: all of the account's, the latest first. */
    public Reply list(Call call, Session session) {
        return Reply.ok(sessions.list(session.user().id()).stream()
                .map(entry -> view(entry, session))
                .toList());
    }

    private static EntryView view(SessionEntry entry, Session own) {
        boolean current = entry.id() == own.id();
        return new EntryView(
                Long.toString(entry.id()),
                entry.createdAt(),
                current ? own.lastSeenAt() : entry.lastSeenAt(),
                entry.expiresAt(),
                entry.address(),
                entry.userAgent(),
                current);
    }

    /** {@code DELETE /api/sessions/{id}}: dead when the reply goes out; the own one like a logout. */
    public Reply end(Call call, Session session) {
        long id = id(call.pathParameter("id"));
        if (!sessions.end(id, session.user().id(), "ended by its user")) {
            throw Problem.of(ProblemCode.NOT_FOUND);
        }
        return id == session.id() ? transport.ended(call, Reply.ok(null)) : Reply.ok(null);
    }

    /** {@code DELETE /api/sessions}: ends all but this one. */
    public Reply endOthers(Call call, Session session) {
        return Reply.ok(new EndedView(sessions.endOthers(session, "ended by its user")));
    }

    /** {@code POST /api/user/logout}: the session is dead when the reply goes out. */
    public Reply logout(Call call, Session session) {
        sessions.end(session.id(), session.user().id(), "logout");
        return transport.ended(call, Reply.ok(null));
    }

    private static long id(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw Problem.of(ProblemCode.NOT_FOUND);
        }
    }
}
