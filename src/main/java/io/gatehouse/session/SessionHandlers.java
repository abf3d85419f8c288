package io.gatehouse.session;

import io.gatehouse.http.Call;
import io.gatehouse.http.Reply;
import java.time.Instant;
import java.util.List;

/** The routes of the own session. Thread-safe. */
public final class SessionHandlers {

    private final Sessions sessions;
    private final SessionTransport transport;

    public SessionHandlers(Sessions sessions, SessionTransport transport) {
        this.sessions = sessions;
        this.transport = transport;
    }

    private record SessionView(String id, UserView user, Instant createdAt, Instant lastSeenAt, Instant expiresAt) {}

    private record UserView(String id, String name, String email, List<String> roles) {}

    /** {@code GET /api/session}: who am I; asks no database while Redis knows the session. */
    public Reply show(Call call, Session session) {
        Session.User user = session.user();
        return Reply.ok(new SessionView(
                Long.toString(session.id()),
                new UserView(Long.toString(user.id()), user.name(), user.email(), List.of("user")),
                session.createdAt(),
                session.lastSeenAt(),
                session.expiresAt()));
    }

    /** {@code POST /api/user/logout}: the session is dead when the reply goes out. */
    public Reply logout(Call call, Session session) {
        transport.token(call).ifPresent(token -> sessions.end(session, token, "logout"));
        return transport.ended(call, Reply.ok(null));
    }
}
