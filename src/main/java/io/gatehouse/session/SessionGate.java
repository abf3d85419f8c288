package io.gatehouse.session;

import io.gatehouse.http.Call;
import io.gatehouse.http.Handler;
import io.gatehouse.http.Problem;
import io.gatehouse.http.ProblemCode;
import io.gatehouse.http.Reply;

/** Lets only signed-in clients through to a handler. Thread-safe. */
public final class SessionGate {

    private final Sessions sessions;
    private final SessionTransport transport;

    public SessionGate(Sessions sessions, SessionTransport transport) {
        this.sessions = sessions;
        this.transport = transport;
    }

    /** A handler that needs to know who calls. */
    @FunctionalInterface
    public interface SignedInHandler {
        Reply handle(Call call, Session session);
    }

    /** The handler behind the gate: 401 without a live session. */
    public Handler signedIn(SignedInHandler handler) {
        return call -> {
            Session session = session(call);
            call.identify(session.user().id());
            return handler.handle(call, session);
        };
    }

    private Session session(Call call) {
        String token = transport.token(call).orElseThrow(() -> Problem.of(ProblemCode.NO_SESSION));
        return sessions.find(token).orElseThrow(() -> Problem.of(ProblemCode.SESSION_ENDED));
    }
}
