package io.gatehouse.user;

import io.gatehouse.crypto.PasswordHasher;
import io.gatehouse.db.Database;
import io.gatehouse.http.Problem;
import io.gatehouse.http.ProblemCode;
import io.gatehouse.id.Snowflakes;
import io.gatehouse.session.Client;
import io.gatehouse.session.Session;
import io.gatehouse.session.Sessions;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The rules of accounts: who may register and sign in. Thread-safe. */
public final class Users {

    private final Database database;
    private final Sessions sessions;
    private final PasswordHasher hasher;
    private final Snowflakes ids;
    private final Clock clock;

    public Users(Database database, Sessions sessions, PasswordHasher hasher, Snowflakes ids, Clock clock) {
        this.database = database;
        this.sessions = sessions;
        this.hasher = hasher;
        this.ids = ids;
        this.clock = clock;
    }

    /** An account and the session that its sign-in began. */
    record SignedIn(User user, Sessions.Begun session) {}

    /**
     * Makes an account.
     *
     * @throws Problem 409 when the e-mail is taken
     */
    User register(NewUser wanted) {
        return create(wanted).orElseThrow(() -> Problem.of(ProblemCode.EMAIL_TAKEN));
    }

    /** The account as it stands. */
    Optional<User> find(long id) {
        return database.read(sql -> new UserStore(sql).find(id));
    }

    /**
     * Checks a password and begins a session. Takes the same time for accounts that do not exist. When the account
     * changes while its password is being verified (a ban, a new password, a re-hash by a sign-in at the same time),
     * it is verified once more as it then stands.
     *
     * @throws Problem 401 for a wrong e-mail or password, 403 for a banned or unverified account
     */
    SignedIn signIn(SignIn attempt, Client client) {
        return trySignIn(attempt, client)
                .or(() -> trySignIn(attempt, client))
                .orElseThrow(() -> Problem.of(ProblemCode.WRONG_CREDENTIALS));
    }

    /** Empty when the account has changed since it was read. */
    private Optional<SignedIn> trySignIn(SignIn attempt, Client client) {
        Credentials verified = verify(attempt);
        String hash = hasher.outdated(verified.hash())
                ? hasher.hash(attempt.password().value())
                : verified.hash();
        return database.tx(sql -> new UserStore(sql)
                .signIn(verified, hash, now())
                .map(user -> new SignedIn(user, sessions.begin(sql, owner(user), client))));
    }

    private static Session.User owner(User user) {
        return new Session.User(user.id(), user.name(), user.email());
    }

    /** Empty when the e-mail is taken. */
    private Optional<User> create(NewUser wanted) {
        String hash = hasher.hash(wanted.password().value());
        return database.tx(sql -> new UserStore(sql).insert(ids.next(), wanted.name(), wanted.email(), hash, now()));
    }

    /**
     * Makes the development account unless it is there.
     *
     * @return whether it has this password: it may have been given another one since
     */
    public boolean seed(String name, String email, String password) {
        Email address = Email.parse(email);
        Optional<Credentials> present = database.read(sql -> new UserStore(sql).findCredentials(address));
        return present.map(account -> hasher.verify(account.hash(), password))
                .orElseGet(() -> create(new NewUser(name, address, Password.parseNew(password)))
                        .isPresent());
    }

    private Credentials verify(SignIn attempt) {
        @Nullable
        Credentials credentials = database.read(sql -> new UserStore(sql).findCredentials(attempt.email()))
                .orElse(null);
        boolean right = hasher.verify(
                credentials == null ? null : credentials.hash(),
                attempt.password().value());
        if (credentials == null || !right) {
            throw Problem.of(ProblemCode.WRONG_CREDENTIALS);
        }
        return switch (credentials.status()) {
            case NORMAL -> credentials;
            case UNVERIFIED -> throw Problem.of(ProblemCode.EMAIL_NOT_VERIFIED);
            case BANNED -> throw Problem.of(ProblemCode.BANNED);
        };
    }

    /** The database keeps microseconds, the API shows milliseconds: one precision for both. */
    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }
}
