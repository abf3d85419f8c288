package io.gatehouse.user;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.gatehouse.http.Call;
import io.gatehouse.http.Problem;
import io.gatehouse.http.ProblemCode;
import io.gatehouse.http.Reply;
import io.gatehouse.session.Client;
import io.gatehouse.session.Session;
import io.gatehouse.session.SessionTransport;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The routes of accounts. Thread-safe. */
public final class UserHandlers {

    private final Users users;
    private final SessionTransport transport;

    public UserHandlers(Users users, SessionTransport transport) {
        this.users = users;
        this.transport = transport;
    }

    private record UserView(
            String id,
            String name,
            String email,
            @Nullable String phone,
            int status,
            List<String> roles,
            @Nullable String avatar,
            @Nullable Instant lastLoginAt,
            Instant createdAt,
            Instant updatedAt) {

        static UserView of(User user) {
            return new UserView(
                    Long.toString(user.id()),
                    user.name(),
                    user.email(),
                    null,
                    user.status().number(),
                    List.of("user"),
                    null,
                    user.lastLoginAt().orElse(null),
                    user.createdAt(),
                    user.updatedAt());
        }
    }

    private record TokenView(@JsonUnwrapped UserView user, String token) {}

    /** {@code POST /api/user/register}. */
    public Reply register(Call call) {
        return Reply.created(UserView.of(users.register(NewUser.read(call.body()))));
    }

    /** {@code POST /api/user/login}: a cookie for browsers, a token in the body for those who ask for one. */
    public Reply login(Call call) {
        SignIn attempt = SignIn.read(call.body());
        Users.SignedIn signedIn = users.signIn(attempt, Client.of(call));
        call.identify(signedIn.user().id());
        UserView view = UserView.of(signedIn.user());
        String token = signedIn.session().token();
        return switch (attempt.transport()) {
            case COOKIE -> transport.withCookie(Reply.ok(view), token);
            case BEARER -> Reply.ok(new TokenView(view, transport.signed(token)));
        };
    }

    /** {@code GET /api/user/profile}. */
    public Reply profile(Call call, Session session) {
        User user = users.find(session.user().id()).orElseThrow(() -> Problem.of(ProblemCode.SESSION_ENDED));
        return Reply.ok(UserView.of(user));
    }
}
