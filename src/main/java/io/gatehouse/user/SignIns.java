package io.gatehouse.user;

import io.gatehouse.crypto.CookieSigner;
import io.gatehouse.crypto.HasherBusyException;
import io.gatehouse.crypto.KeyedHash;
import io.gatehouse.crypto.PasswordHasher;
import io.gatehouse.crypto.PasswordHasher.Verdict;
import io.gatehouse.db.Database;
import io.gatehouse.http.Problem;
import io.gatehouse.http.ProblemCode;
import io.gatehouse.id.Snowflakes;
import io.gatehouse.session.Session;
import io.gatehouse.session.Sessions;
import io.gatehouse.throttle.Attempts;
import io.gatehouse.throttle.Tier;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Signing in: passwords are verified, guesses limited, sessions begun. Thread-safe. */
public final class SignIns {

    private final Database database;
    private final Sessions sessions;
    private final PasswordHasher hasher;
    private final FailedSignIns failures;
    private final Devices devices;
    private final Snowflakes ids;
    private final Clock clock;

    /**
     * @param secret of the first cookie secret, for names of accounts in Redis
     * @param perName failed attempts per account name
     * @param perAddress failed attempts per client address
     */
    public SignIns(
            Database database,
            Sessions sessions,
            PasswordHasher hasher,
            Attempts attempts,
            Tier perName,
            Tier perAddress,
            CookieSigner signer,
            byte[] secret,
            SecureRandom random,
            Snowflakes ids,
            Clock clock) {
        this.database = database;
        this.sessions = sessions;
        this.hasher = hasher;
        this.failures = new FailedSignIns(attempts, new KeyedHash(secret, "failed sign-ins"), perName, perAddress);
        this.devices = new Devices(signer, random);
        this.ids = ids;
        this.clock = clock;
    }

    /**
     * An account and the session that its sign-in began.
     *
     * @param device a mark for the device that it was signed in from
     */
    record SignedIn(User user, Sessions.Begun session, String device) {}

    /**
     * Checks a password and begins a session, in place of the one that the client has. Takes the same time for
     * accounts that do not exist. When the account changes while its password is being verified (a ban, a new
     * password, a re-hash by a sign-in at the same time), it is verified once more as it then stands.
     *
     * @throws Problem 401 for a wrong e-mail or password, 403 for a banned or unverified account, 429 after too many
     *     failures
     */
    SignedIn signIn(SignIn attempt, Visitor visitor) {
        Optional<Credentials> account = find(attempt.email());
        Optional<String> device = account.flatMap(it -> devices.find(visitor.devices(), it));
        FailedSignIns.Try guess = failures.at(attempt.email(), device, visitor.bucket());
        SignedIn signedIn = guarded(
                guess,
                () -> begin(attempt, account, visitor)
                        .or(() -> begin(attempt, find(attempt.email()), visitor))
                        .orElseThrow(() -> Problem.of(ProblemCode.WRONG_CREDENTIALS)));
        sessions.settle(signedIn.session().stale());
        return signedIn;
    }

    /**
     * Verifies the password of somebody who is signed in.
     *
     * @throws Problem 422 when it is wrong, 429 after too many wrong ones
     */
    Credentials verifyAgain(Session session, Password password) {
        Credentials account = database.read(
                        sql -> new UserStore(sql).findCredentials(session.user().id()))
                .orElseThrow(() -> Problem.of(ProblemCode.SESSION_ENDED));
        FailedSignIns.Try guess = failures.within(session.id());
        return guarded(guess, () -> {
            if (!hasher.verify(account.hash(), password.forms()).right()) {
                throw NewPassword.wrongCurrent();
            }
            return account;
        });
    }

    /** A mark for the device from which an account was signed in to or changed. */
    String mark(User user, String passwordHash) {
        return devices.mark(user.id(), passwordHash);
    }

    /** What a browser should hold of marks from now on. */
    String hold(String mark, User user, String held) {
        return devices.hold(mark, user.id(), held);
    }

    private interface Work<T> {
        T run();
    }

    /** A wrong password keeps its slot; whatever else went wrong was no guess. */
    private static <T> T guarded(FailedSignIns.Try guess, Work<T> work) {
        T result;
        try {
            result = work.run();
        } catch (Problem problem) {
            if (problem.code() != ProblemCode.WRONG_CREDENTIALS && problem.code() != ProblemCode.INVALID_FIELDS) {
                guess.giveBack();
            }
            throw problem;
        } catch (RuntimeException | Error e) {
            guess.giveBack();
            throw e;
        }
        guess.succeeded();
        return result;
    }

    /** Empty when the account has changed since it was read. */
    private Optional<SignedIn> begin(SignIn attempt, Optional<Credentials> account, Visitor visitor) {
        Verified verified = verify(account.orElse(null), attempt);
        String hash = verified.outdated()
                ? renewed(verified.account(), attempt.password())
                : verified.account().hash();
        long id = ids.next();
        return database.tx(sql -> new UserStore(sql)
                .signIn(verified.account(), hash, now())
                .map(user -> new SignedIn(
                        user,
                        sessions.begin(sql, id, owner(user), visitor.client(), visitor.token()),
                        mark(user, hash))));
    }

    /** A new hash can wait: where others wait for the pool, the next sign-in makes it. */
    private String renewed(Credentials account, Password password) {
        try {
            return hasher.renew(password.value());
        } catch (HasherBusyException e) {
            return account.hash();
        }
    }

    private static Session.User owner(User user) {
        return new Session.User(user.id(), user.name(), user.email(), user.roles());
    }

    private Optional<Credentials> find(Email email) {
        return database.read(sql -> new UserStore(sql).findCredentials(email));
    }

    /** An account whose password was right, and whether its hash should be made anew. */
    private record Verified(Credentials account, boolean outdated) {}

    private Verified verify(@Nullable Credentials account, SignIn attempt) {
        Verdict verdict = hasher.verify(
                account == null ? null : account.hash(), attempt.password().forms());
        if (account == null || !verdict.right()) {
            throw Problem.of(ProblemCode.WRONG_CREDENTIALS);
        }
        return switch (account.status()) {
            case NORMAL -> new Verified(account, verdict == Verdict.OUTDATED);
            case UNVERIFIED -> throw Problem.of(ProblemCode.EMAIL_NOT_VERIFIED);
            case BANNED -> throw Problem.of(ProblemCode.BANNED);
        };
    }

    /** The database keeps microseconds, the API shows milliseconds: one precision for both. */
    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }
}
