package io.gatehouse.admission;

import io.gatehouse.http.Call;
import io.gatehouse.http.Handler;
import io.gatehouse.http.Problem;
import io.gatehouse.http.ProblemCode;
import io.gatehouse.http.Reply;
import io.gatehouse.redis.RedisTime;
import io.gatehouse.session.Session;
import io.gatehouse.session.SessionLookup;
import io.gatehouse.session.SessionTransport;
import io.gatehouse.throttle.Counted;
import io.gatehouse.throttle.Counters;
import io.gatehouse.throttle.Limits;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;

/**
 * Stands before handlers and decides who may pass: one round trip to Redis for a request with a live session or with
 * none. A live session is counted by itself; everybody else, also with a token that is dead or not ours, by address.
 * Thread-safe.
 */
public final class Admission {

    private final SessionLookup sessions;
    private final SessionTransport transport;
    private final Counters counters;
    private final Limits limits;
    private final Clock clock;
    private final VerdictCounters verdicts;

    public Admission(
            SessionLookup sessions,
            SessionTransport transport,
            Counters counters,
            Limits limits,
            Clock clock,
            MeterRegistry meters) {
        this.sessions = sessions;
        this.transport = transport;
        this.counters = counters;
        this.limits = limits;
        this.clock = clock;
        this.verdicts = new VerdictCounters(meters);
    }

    /** A handler that needs to know who calls. */
    @FunctionalInterface
    public interface SignedInHandler {
        Reply handle(Call call, Session session);
    }

    /** For everybody, so often per address: 429 beyond it. */
    public Handler open(Handler handler) {
        return patient(call -> {
            limit(call, countAddress(call));
            verdicts.count(Verdict.ADMITTED);
            return handler.handle(call);
        });
    }

    /** For live sessions, so often per session: 401 for everybody else, 429 beyond the limit. */
    public Handler signedIn(SignedInHandler handler) {
        return patient(call -> {
            SessionTransport.Given given = transport.token(call).orElseThrow(() -> refused(call, Verdict.NO_SESSION));
            SessionLookup.Found found = find(given, call, limits);
            Session session = found.session().orElseThrow(() -> refused(call, Verdict.SESSION_ENDED));
            call.identify(session.user().id());
            limit(call, found.counted());
            verdicts.count(Verdict.ADMITTED);
            Reply reply = handler.handle(call, session);
            // A reply that ends or replaces the cookie has the last word.
            return given.renew() && !reply.has("Set-Cookie")
                    ? reply.with("Set-Cookie", transport.cookie(given.token(), left(session)))
                    : reply;
        });
    }

    /**
     * For live sessions without limit; everybody else is counted by address and gets 401 in any case, because a proxy
     * that asks understands nothing else.
     */
    public Handler unlimited(SignedInHandler handler) {
        return patient(call -> {
            Optional<SessionTransport.Given> given = transport.token(call);
            Optional<Session> session =
                    given.flatMap(it -> find(it, call, Limits.NONE).session());
            if (session.isEmpty()) {
                announce(call, countAddress(call));
                throw unknown(given.isEmpty() ? Verdict.NO_SESSION : Verdict.SESSION_ENDED);
            }
            verdicts.count(Verdict.ADMITTED);
            call.identify(session.get().user().id());
            return handler.handle(call, session.get());
        });
    }

    /** However often a request needs Redis, it waits no longer for it than once. */
    private static Handler patient(Handler handler) {
        return call -> RedisTime.shared(() -> handler.handle(call));
    }

    /** Somebody without a live session: counted by address, and only told so while that is within the limit. */
    private Problem refused(Call call, Verdict verdict) {
        limit(call, countAddress(call));
        return unknown(verdict);
    }

    private Problem unknown(Verdict verdict) {
        verdicts.count(verdict);
        return Problem.of(verdict == Verdict.NO_SESSION ? ProblemCode.NO_SESSION : ProblemCode.SESSION_ENDED);
    }

    private SessionLookup.Found find(SessionTransport.Given given, Call call, Limits limits) {
        try {
            return sessions.find(given.token(), call.route(), limits);
        } catch (RuntimeException e) {
            verdicts.count(Verdict.UNDECIDED);
            throw e;
        }
    }

    private Counted countAddress(Call call) {
        return counters.count(call.clientBucket(), call.route(), limits);
    }

    private void limit(Call call, Counted counted) {
        announce(call, counted);
        if (counted.retryAfter().isPresent()) {
            verdicts.count(Verdict.LIMITED);
            throw Problem.of(ProblemCode.TOO_MANY_REQUESTS);
        }
    }

    private static void announce(Call call, Counted counted) {
        counted.headers().forEach(header -> call.answerWith(header.name(), header.value()));
    }

    private Duration left(Session session) {
        return Duration.between(clock.instant(), session.expiresAt());
    }
}
