package io.gatehouse.user;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.gatehouse.http.Call;
import io.gatehouse.http.CookieHeader;
import io.gatehouse.http.Fields;
import io.gatehouse.http.Problem;
import io.gatehouse.http.ProblemCode;
import io.gatehouse.http.Reply;
import io.gatehouse.session.Client;
import io.gatehouse.session.CookieNames;
import io.gatehouse.session.Session;
import io.gatehouse.session.SessionTransport;
import io.gatehouse.session.SessionTransport.Given;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The routes of accounts. Thread-safe. */
public final class UserHandlers {

    private static final Duration DEVICE_AGE = Duration.ofDays(180);

    private final Users users;
    private final SignIns signIns;
    private final PasswordPolicy policy;
    private final Phones phones;
    private final SessionTransport transport;
    private final CookieNames cookies;

    public UserHandlers(
            Users users,
            SignIns signIns,
            PasswordPolicy policy,
            Phones phones,
            SessionTransport transport,
            CookieNames cookies) {
        this.users = users;
        this.signIns = signIns;
        this.policy = policy;
        this.phones = phones;
        this.transport = transport;
        this.cookies = cookies;
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

        static UserView of(User user, Optional<Phone> phone) {
            return new UserView(
                    Long.toString(user.id()),
                    user.name(),
                    user.email(),
                    phone.map(Phone::value).orElse(null),
                    user.status().number(),
                    user.roles(),
                    null,
                    user.lastLoginAt().orElse(null),
                    user.createdAt(),
                    user.updatedAt());
        }
    }

    private record TokenView(@JsonUnwrapped UserView user, String token, String device) {}

    /** {@code POST /api/user/register}. */
    public Reply register(Call call) {
        return Reply.created(view(users.register(NewUser.read(call.body(), policy))));
    }

    /** {@code POST /api/user/login}: a cookie for browsers, a token in the body for those who ask for one. */
    public Reply login(Call call) {
        SignIn attempt = SignIn.read(call.body());
        String held = attempt.device().or(() -> call.cookie(cookies.device())).orElse("");
        Visitor visitor = new Visitor(
                Client.of(call),
                call.clientBucket(),
                held,
                transport.token(call).map(Given::token));
        SignIns.SignedIn signedIn = signIns.signIn(attempt, visitor);
        call.identify(signedIn.user().id());
        String token = signedIn.session().token();
        return attempt.transport() == SignIn.Transport.BEARER
                ? withToken(signedIn.user(), token, signedIn.device())
                : withCookies(signedIn.user(), transport.cookie(token), signedIn.device(), held);
    }

    /** {@code GET /api/user/profile}. */
    public Reply profile(Call call, Session session) {
        return Reply.ok(view(own(session)));
    }

    /** {@code PATCH /api/user/profile}: what is not sent stays as it is; {@code "phone": null} takes the number away. */
    public Reply changeProfile(Call call, Session session) {
        Fields fields = call.body();
        var name = fields.optionalText("name", NewUser::parseName);
        var phone = fields.optionalText("phone", Phone::parse);
        fields.check();
        ProfileChange change =
                new ProfileChange(name.optional(), phone.optional().map(phones::seal), fields.clears("phone"));
        return Reply.ok(view(
                change.isEmpty()
                        ? own(session)
                        : users.changeProfile(session.user().id(), change)));
    }

    /** {@code PUT /api/user/password}: every other session ends, this one gets a new token. */
    public Reply changePassword(Call call, Session session) {
        NewPassword wanted = NewPassword.read(call.body(), policy, session.user());
        String token = transport.token(call).map(Given::token).orElseThrow(() -> Problem.of(ProblemCode.NO_SESSION));
        Users.PasswordChanged changed = users.changePassword(session, token, wanted);
        String held = call.cookie(cookies.device()).orElse("");
        String next = changed.session().token();
        return call.bearer().isPresent()
                ? withToken(changed.user(), next, changed.device())
                : withCookies(changed.user(), transport.cookie(next, changed.left()), changed.device(), held);
    }

    private UserView view(User user) {
        return UserView.of(user, phones.of(user));
    }

    private User own(Session session) {
        return users.find(session.user().id()).orElseThrow(() -> Problem.of(ProblemCode.SESSION_ENDED));
    }

    private Reply withToken(User user, String token, String device) {
        return Reply.ok(new TokenView(view(user), transport.signed(token), device));
    }

    private Reply withCookies(User user, String sessionCookie, String device, String held) {
        String marks = signIns.hold(device, user, held);
        return Reply.ok(view(user))
                .with("Set-Cookie", sessionCookie)
                .with(
                        "Set-Cookie",
                        CookieHeader.set(cookies.device(), marks, DEVICE_AGE, Optional.empty(), cookies.secure()));
    }
}
