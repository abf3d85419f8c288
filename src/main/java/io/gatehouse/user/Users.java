package io.gatehouse.user;

import io.gatehouse.crypto.PasswordHasher;
import io.gatehouse.db.Database;
import io.gatehouse.http.InvalidValueException;
import io.gatehouse.http.Problem;
import io.gatehouse.http.ProblemCode;
import io.gatehouse.id.Snowflakes;
import io.gatehouse.session.Session;
import io.gatehouse.session.SessionEntry;
import io.gatehouse.session.Sessions;
import io.gatehouse.webhook.Event;
import io.gatehouse.webhook.Event.UserBanned;
import io.gatehouse.webhook.Event.UserRegistered;
import io.gatehouse.webhook.Event.UserUpdated;
import io.gatehouse.webhook.Outbox;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jooq.DSLContext;

/** The rules of accounts: who may register, sign in and change what. Thread-safe. */
public final class Users {

    private final Database database;
    private final Sessions sessions;
    private final PasswordHasher hasher;
    private final SignIns signIns;
    private final PasswordPolicy policy;
    private final Phones phones;
    private final Outbox outbox;
    private final Snowflakes ids;
    private final Clock clock;

    public Users(
            Database database,
            Sessions sessions,
            PasswordHasher hasher,
            SignIns signIns,
            PasswordPolicy policy,
            Phones phones,
            Outbox outbox,
            Snowflakes ids,
            Clock clock) {
        this.database = database;
        this.sessions = sessions;
        this.hasher = hasher;
        this.signIns = signIns;
        this.policy = policy;
        this.phones = phones;
        this.outbox = outbox;
        this.ids = ids;
        this.clock = clock;
    }

    /**
     * Makes an account.
     *
     * @throws Problem 409 when the e-mail is taken
     */
    User register(NewUser wanted) {
        return create(wanted, List.of("user")).orElseThrow(() -> Problem.of(ProblemCode.EMAIL_TAKEN));
    }

    /** Empty when the e-mail is taken. */
    Optional<User> create(NewUser wanted, List<String> roles) {
        // First what is cheap: where there is no id, no hash is made.
        long id = ids.next();
        String hash = hasher.hash(wanted.password().value());
        return database.tx(sql -> {
            Optional<User> made = new UserStore(sql).insert(id, wanted, roles, hash, now());
            made.ifPresent(user -> outbox.write(sql, user.createdAt(), new UserRegistered(id, roles)));
            return made;
        });
    }

    /** The account as it stands. */
    Optional<User> find(long id) {
        return database.read(sql -> new UserStore(sql).find(id));
    }

    /**
     * Changes what is not left out; the name in its sessions, too.
     *
     * @throws Problem 401 when the account may not be used any more
     */
    User changeProfile(long id, ProfileChange change) {
        return changed(
                        sql -> new UserStore(sql).changeProfile(id, change, now()),
                        user -> new UserUpdated(id, change.names()),
                        (sql, user) -> change.name().isPresent() ? sessions.refresh(sql, user) : Sessions.Stale.NONE)
                .orElseThrow(() -> Problem.of(ProblemCode.SESSION_ENDED));
    }

    /** The accounts that have a telephone number. */
    List<User> findByPhone(Phone phone) {
        return database.read(sql -> new UserStore(sql).findByPhone(phones.candidates(phone)));
    }

    /**
     * An account with its new password, and the token that takes the place of the session's.
     *
     * @param left of the session, which does not begin anew
     */
    record PasswordChanged(User user, Sessions.Rotated session, String device, Duration left) {}

    /**
     * Changes the password, ends every other session and gives this one another token.
     *
     * @param token of the session
     * @throws Problem 422 when {@code current} is wrong, 429 after too many wrong ones
     */
    PasswordChanged changePassword(Session session, String token, NewPassword wanted) {
        Credentials verified = signIns.verifyAgain(session, wanted.current());
        String hash = hasher.hash(wanted.password().value());
        PasswordChanged change = database.tx(sql -> {
            User user = new UserStore(sql).changePassword(verified, hash, now()).orElseThrow(Users::changedMeanwhile);
            outbox.write(sql, now(), new UserUpdated(user.id(), List.of("password")));
            Sessions.Rotated rotated = sessions.rotate(sql, session, token, "password changed")
                    .orElseThrow(() -> Problem.of(ProblemCode.SESSION_ENDED));
            Duration left = Duration.between(now(), session.expiresAt());
            return new PasswordChanged(user, rotated, signIns.mark(user, hash), left);
        });
        sessions.settle(change.session().stale());
        return change;
    }

    /** By a sign-in that re-hashed it, or by somebody else's change: the client may try again. */
    private static Problem changedMeanwhile() {
        return Problem.unavailable(Duration.ofSeconds(1), new IllegalStateException("The account changed meanwhile"));
    }

    /** Bars an account and ends its sessions; empty if there is none of that address. */
    Optional<User> ban(Email email) {
        return changed(
                sql -> new UserStore(sql)
                        .changeStatus(email, EnumSet.allOf(User.Status.class), User.Status.BANNED, now()),
                user -> new UserBanned(user.id()),
                (sql, id) -> sessions.endAll(sql, id, "banned"));
    }

    /** Lets a banned account sign in again; empty if there is none of that address. */
    Optional<User> unban(Email email) {
        return changed(
                sql -> new UserStore(sql)
                        .changeStatus(email, EnumSet.of(User.Status.BANNED), User.Status.NORMAL, now()),
                user -> new UserUpdated(user.id(), List.of("status")),
                sessions::refresh);
    }

    /** Changes what an account may do; its sessions know at once. Empty if there is none of that address. */
    Optional<User> changeRoles(Email email, List<String> roles) {
        return changed(
                sql -> new UserStore(sql).changeRoles(email, roles, now()),
                user -> new UserUpdated(user.id(), List.of("roles")),
                sessions::refresh);
    }

    /** The live sessions of an account; empty if there is none of that address. */
    Optional<List<SessionEntry>> sessionsOf(Email email) {
        return database.read(sql -> new UserStore(sql).findCredentials(email))
                .map(account -> sessions.list(account.id()));
    }

    /**
     * Makes the development account unless it is there.
     *
     * @return whether it has this password: it may have been given another one since
     * @throws InvalidValueException when e-mail or password is none
     */
    public boolean seed(String name, String email, String password) {
        Email address = Email.parse(email);
        Optional<Credentials> present = database.read(sql -> new UserStore(sql).findCredentials(address));
        return present.map(account ->
                        hasher.verify(account.hash(), List.of(password)).right())
                .orElseGet(() -> create(new NewUser(name, address, policy.parse(password)), List.of("user"))
                        .isPresent());
    }

    private record Change(User user, Sessions.Stale stale) {}

    /** What a change of an account does to its sessions. */
    private interface Consequence {
        Sessions.Stale of(DSLContext sql, long user);
    }

    /** The change comes first: it locks the row that a sign-in needs, so that no session can begin unseen. */
    private Optional<User> changed(
            Function<DSLContext, Optional<User>> change, Function<User, Event> event, Consequence consequence) {
        Optional<Change> done = database.tx(sql -> change.apply(sql).map(user -> {
            outbox.write(sql, now(), event.apply(user));
            return new Change(user, consequence.of(sql, user.id()));
        }));
        done.ifPresent(it -> sessions.settle(it.stale()));
        return done.map(Change::user);
    }

    /** The database keeps microseconds, the API shows milliseconds: one precision for both. */
    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }
}
